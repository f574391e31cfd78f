import { completeFeatures } from './permissions.ts';
import { defaultLogGroupPatterns, permissionPolicy } from './policy.ts';
import { connectRoleName, maxSessionSeconds, type TemplateOptions } from './template.ts';

/** The same role as Terraform text, for teams that do not use CloudFormation. */
export function terraformText(options: TemplateOptions): string {
	const { costExport } = options;
	const policy = permissionPolicy({
		features: completeFeatures(options.features),
		logGroupPatterns: options.logGroupPatterns ?? defaultLogGroupPatterns,
		...(costExport === undefined ? {} : { costExport }),
	});
	const trusted = options.trustedRoleNames.map(
		(name) => `arn:aws:iam::${options.trustedAccountId}:role/${name}`,
	);
	return `variable "lamplight_external_id" {
  type        = string
  description = "Made by Lamplight for this enrolment; do not change it"${
		options.externalId === undefined ? '' : `\n  default     = ${quoted(options.externalId)}`
	}
}

data "aws_iam_policy_document" "lamplight_trust" {
  statement {
    sid     = "Lamplight"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [${quoted(`arn:aws:iam::${options.trustedAccountId}:root`)}]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.lamplight_external_id]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ${list(trusted)}
    }
  }
}

data "aws_iam_policy_document" "lamplight" {
${policy.Statement.map(statementText).join('\n')}
}

resource "aws_iam_role" "lamplight" {
  name                 = ${quoted(options.roleName ?? connectRoleName)}
  max_session_duration = ${maxSessionSeconds}
  assume_role_policy   = data.aws_iam_policy_document.lamplight_trust.json
}

resource "aws_iam_role_policy" "lamplight" {
  name   = "lamplight-read-only"
  role   = aws_iam_role.lamplight.id
  policy = data.aws_iam_policy_document.lamplight.json
}

output "lamplight_role_arn" {
  value = aws_iam_role.lamplight.arn
}
`;
}

function statementText(statement: {
	readonly Sid: string;
	readonly Action: readonly string[];
	readonly Resource: readonly string[];
}): string {
	return `  statement {
    sid       = ${quoted(statement.Sid)}
    actions   = ${list(statement.Action)}
    resources = ${list(statement.Resource)}
  }`;
}

/** A Terraform string: `${` and `%{` would start an interpolation, so they are doubled. */
function quoted(text: string): string {
	return JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

function list(values: readonly string[]): string {
	return `[${values.map(quoted).join(', ')}]`;
}
