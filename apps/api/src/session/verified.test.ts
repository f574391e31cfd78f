import { expect, it } from 'vitest';

import { createVerified } from './verified.ts';

const access = { subject: 'somebody', expiresMs: 1_000_000 };

it('looks at a signature once a minute, and never believes a token past its end', async () => {
	let nowMs = 0;
	let looks = 0;
	const verified = createVerified(() => nowMs);
	const read = (expiresMs = access.expiresMs) =>
		verified.read('token', async () => {
			looks += 1;
			return { ...access, expiresMs };
		});
	await read();
	expect(await read()).toMatchObject(access);
	expect(looks).toBe(1);
	nowMs = 60_000;
	await read(70_000);
	expect(looks).toBe(2);
	nowMs = 70_000;
	await read();
	expect(looks).toBe(3);
});

it('remembers no refusal and takes no token for another', async () => {
	const verified = createVerified(() => 0);
	const refuse = () => Promise.reject(new Error('no'));
	await expect(verified.read('token', refuse)).rejects.toThrow('no');
	expect(await verified.read('token', async () => access)).toMatchObject(access);
	await expect(verified.read('token.', refuse)).rejects.toThrow('no');
});

it('holds a bounded number, the newest', async () => {
	const verified = createVerified(() => 0);
	let looks = 0;
	const read = (at: number) =>
		verified.read(`token ${at}`, async () => {
			looks += 1;
			return access;
		});
	for (let at = 0; at < 5_001; at += 1) await read(at);
	await read(5_000);
	expect(looks).toBe(5_001);
	await read(0);
	expect(looks).toBe(5_002);
});
