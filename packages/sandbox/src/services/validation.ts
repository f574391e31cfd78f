import { AwsError } from '../wire/awsError.ts';

/** AWS's answer to members that break a constraint of the model. */
export function validationError(
	problems: readonly string[],
	code = 'ValidationException',
): AwsError {
	const plural = problems.length === 1 ? '' : 's';
	const text = `${problems.length} validation error${plural} detected: ${problems.join('; ')}`;
	return new AwsError(code, text, { status: 400 });
}

/** The sentence for a value that does not match the model's pattern; `null` when it does or is absent. */
export function patternProblem(
	field: string,
	value: string | undefined,
	pattern: string,
): string | null {
	if (value === undefined || new RegExp(`^(?:${pattern})$`).test(value)) return null;
	return `Value '${value}' at '${field}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`;
}
