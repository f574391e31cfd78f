import { createExportFiles, type ExportFiles } from '@lamplight/store/exports/files';

/** The bucket of exports for tests that make none: nobody answers where it is. */
export function closedFiles(): ExportFiles {
	return createExportFiles({
		bucket: 'closed',
		region: 'us-east-1',
		standIn: { endpoint: 'http://127.0.0.1:9', accessKeyId: 'none', secretAccessKey: 'none' },
	});
}
