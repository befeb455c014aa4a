/** `DIFFERENTIAL_RUNS`, `DIFFERENTIAL_SEED`: how many random operations in all, and which. */
const runs = Number(process.env['DIFFERENTIAL_RUNS'] ?? 5_200);
export const randomSeed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_260_101);

/** Of four operations one meets failures. */
export const failingRuns = Math.ceil(runs / 4);
export const healthyRuns = runs - failingRuns;

/** A busy machine takes several times as long as an idle one. */
export const timeoutMs = 900_000 + runs * 200;
