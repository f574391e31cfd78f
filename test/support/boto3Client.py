"""Calls AWS operations with boto3 and holds every answer against botocore's own service models.

Reads {"endpoint", "region", "credentials", "calls": [{"service", "operation", "params"}]} from stdin
and prints a JSON list: for each call what went wrong, if anything. A parameter of the form
{"$of": [call, member, ...]} stands for a member of an earlier answer.
"""

import datetime
import json
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.utils import parse_timestamp

given = json.load(sys.stdin)
clients = {}
raw_bodies = []


def client(service, region):
    key = (service, region)
    if key not in clients:
        clients[key] = boto3.client(
            service,
            endpoint_url=given["endpoint"],
            region_name=region,
            aws_access_key_id=given["credentials"]["accessKeyId"],
            aws_secret_access_key=given["credentials"]["secretAccessKey"],
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )
        clients[key].meta.events.register("before-parse", keep_body)
    return clients[key]


def keep_body(response_dict, **_):
    raw_bodies.append(response_dict.get("body"))


def resolved(value, answers):
    if isinstance(value, dict):
        if "$of" in value:
            call, *members = value["$of"]
            found = answers[call]
            for member in members:
                found = found[member]
            return found
        if "$time" in value:
            return parse_timestamp(value["$time"])
        return {name: resolved(entry, answers) for name, entry in value.items()}
    if isinstance(value, list):
        return [resolved(entry, answers) for entry in value]
    return value


def misfits(shape, value, path):
    """What of a parsed value is not as the model says."""
    kind = shape.type_name
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name} is required and missing"
        for name, entry in value.items():
            if name in shape.members:
                yield from misfits(shape.members[name], entry, f"{path}.{name}")
            elif name != "ResponseMetadata":
                yield f"{path}.{name} is not in the model"
    elif kind == "list":
        for index, entry in enumerate(value):
            yield from misfits(shape.member, entry, f"{path}[{index}]")
    elif kind == "map":
        for name, entry in value.items():
            yield from misfits(shape.value, entry, f"{path}.{name}")
    else:
        yield from scalar_misfits(shape, value, path)


types = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": datetime.datetime,
}


def scalar_misfits(shape, value, path):
    wanted = types.get(shape.type_name)
    if wanted is not None and not isinstance(value, wanted):
        yield f"{path} is {type(value).__name__}, not {shape.type_name}"
        return
    enum = shape.metadata.get("enum")
    if enum and value not in enum:
        yield f"{path} is {value!r}, which is none of the enumeration"
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    size = len(value) if isinstance(value, str) else value
    if isinstance(size, (int, float)) and not isinstance(size, bool):
        if low is not None and size < low or high is not None and size > high:
            yield f"{path} is {value!r}, outside {low} to {high}"
    pattern = shape.metadata.get("pattern")
    if pattern and isinstance(value, str):
        try:
            if not re.fullmatch(pattern, value):
                yield f"{path} is {value!r}, which does not match {pattern}"
        except re.error:
            pass  # A pattern of Java's that Python does not know.


def strangers(shape, raw, path):
    """Members on the wire that the model does not have; parsing leaves them out silently."""
    if shape.type_name == "structure" and isinstance(raw, dict):
        members = {
            member.serialization.get("name", name): member
            for name, member in shape.members.items()
            if member.serialization.get("location") is None
        }
        for name, entry in raw.items():
            if name in members:
                yield from strangers(members[name], entry, f"{path}.{name}")
            else:
                yield f"{path}.{name} is on the wire and not in the model"
    elif shape.type_name == "list" and isinstance(raw, list):
        for index, entry in enumerate(raw):
            yield from strangers(shape.member, entry, f"{path}[{index}]")
    elif shape.type_name == "map" and isinstance(raw, dict):
        for name, entry in raw.items():
            yield from strangers(shape.value, entry, f"{path}.{name}")


def method_of(one, operation):
    return next(name for name, known in one.meta.method_to_api_mapping.items() if known == operation)


def run(call, answers):
    one = client(call["service"], call.get("region", given["region"]))
    shape = one.meta.service_model.operation_model(call["operation"]).output_shape
    raw_bodies.clear()
    try:
        answer = getattr(one, method_of(one, call["operation"]))(
            **resolved(call.get("params", {}), answers)
        )
    except ClientError as error:
        answers.append({})
        return [f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"], 0
    answers.append(answer)
    found = []
    if shape is not None:
        found += misfits(shape, answer, call["operation"])
        protocol = one.meta.service_model.resolved_protocol
        if "json" in protocol and raw_bodies and raw_bodies[-1]:
            found += strangers(shape, json.loads(raw_bodies[-1]), call["operation"])
    return found, sum(len(value) for value in answer.values() if isinstance(value, list))


answers = []
results = []
for call in given["calls"]:
    problems, items = run(call, answers)
    results.append({**call, "problems": problems[:10], "items": items})
print(json.dumps(results, default=str))
