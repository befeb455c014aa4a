/** `DIFFERENTIAL_RUNS`, `DIFFERENTIAL_SEED`: how many random operations in all, and which. */
export const randomRuns = Number(process.env['DIFFERENTIAL_RUNS'] ?? 5_000);
export const randomSeed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_260_101);
