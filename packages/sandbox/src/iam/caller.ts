/** Who signed a call. */
export interface Caller {
	readonly kind: 'root' | 'user' | 'assumed-role';
	readonly accountId: string;
	/** As GetCallerIdentity prints it: an assumed role's is `arn:aws:sts::…:assumed-role/ROLE/SESSION`. */
	readonly arn: string;
	/** As `aws:PrincipalArn` has it: an assumed role's is the role's own `arn:aws:iam::…:role/ROLE`. */
	readonly principalArn: string;
	readonly userId: string;
	readonly accessKeyId: string;
	/** `null` for long-lived keys. */
	readonly expiresMs: number | null;
}
