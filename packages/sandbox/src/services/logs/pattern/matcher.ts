/** Whether a message fits a filter pattern. */
export type Matcher = (message: string) => boolean;
