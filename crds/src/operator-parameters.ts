import { z } from 'zod';

const decimal = z.string().max(20).regex(/^\d{1,9}(\.\d{1,9})?$/);
const list = z.string().min(1).max(256);
const names = z.string().min(1).max(1024);
const column = z.string().min(1).max(192);

/** Parameters of all operators: a name means the same in each that has it. Which an operator has, and its defaults, the operator checks. */
export const operatorParameters = z
  .object({
    protocol: z.enum(['RR22', 'ECDH']).optional().describe('Operators on sets. RR22: fast, for large sets of two parties. ECDH: less traffic, any number of parties.'),
    curve: z.enum(['Curve25519', 'SM2']).optional().describe('Curve of ECDH; Curve25519 by default. RR22 has none.'),
    join: z.enum(['Inner', 'Left']).optional().describe('PrivateQuery: Left keeps own rows without an answer.'),
    maximumQueries: z.int().min(1).max(1_000_000).optional().describe('PrivateQuery: most different keys that may be asked for.'),
    host: z.string().min(1).max(63).optional().describe('SqlQuery: compute party in whose trusted execution environment the query runs.'),
    verifier: z.string().max(64).optional().describe('SqlQuery: thumbprint (RFC 7638) of the key by which the verifier signs attestation results.'),
    policy: z.string().min(1).max(256).optional().describe('SqlQuery: appraisal policy that the verifier must have applied.'),
    maximumRows: z.int().min(1).max(100_000).optional().describe('SqlQuery: most rows of the result.'),
    groupSize: z.string().min(1).max(128).optional().describe('SqlQuery: column of the result that says of how many rows a row is made.'),
    expression: z.string().min(1).max(1024).optional().describe("Expression: formula over columns, such as if(a.debt / income > 0.4 and sex = 'f', 1, 0)."),
    statistics: list.optional().describe('Statistics: figures wanted, separated by commas.'),
    quantiles: list.optional().describe('Statistics: quantiles wanted, such as 0.25,0.5.'),
    groupBy: column.optional().describe('Statistics: column whose values are the groups.'),
    rowsBy: column.optional().describe('CrossTable: column whose values are the rows of the table.'),
    columnsBy: column.optional().describe('CrossTable: column whose values are the columns of the table.'),
    value: column.optional().describe('CrossTable: numeric column whose sum and mean are wanted of each cell.'),
    minimumGroupSize: z.int().min(2).max(1_000_000).optional().describe('Groups with fewer rows are suppressed before anything is opened.'),
    epsilon: decimal.optional().describe('Statistics, CrossTable: differential privacy of all figures of the step together, such as "1".'),
    bounds: names.optional().describe('Statistics: with epsilon, smallest and largest value of columns, such as income=0..100000,b.age=18..120.'),
    categories: names.optional().describe('Statistics: with epsilon, the groups, separated by commas.'),
    rowCategories: names.optional().describe('CrossTable: with epsilon, the values of the rows, separated by commas.'),
    columnCategories: names.optional().describe('CrossTable: with epsilon, the values of the columns, separated by commas.'),
    label: column.optional().describe('Column with the outcome; party.column where several parties have one of this name.'),
    positive: z.string().min(1).max(64).optional().describe('Value of the label that counts as 1.'),
    bins: z.int().min(2).max(20).optional().describe('Binning: most bins of a column.'),
    method: z.enum(['Quantile', 'EqualWidth', 'Optimal']).optional().describe('Binning: how bins are made.'),
    minimumBinSize: z.int().min(2).max(1_000_000).optional().describe('Binning: bins with fewer rows are merged or suppressed.'),
    model: z.enum(['Linear', 'Logistic', 'Poisson', 'Tweedie']).optional().describe('Regression, GradientBoosting: distribution of the outcome. GradientBoosting has Linear and Logistic.'),
    epochs: z.int().min(1).max(100).optional().describe('Regression: passes over all rows.'),
    batchSize: z.int().min(16).max(65_536).optional().describe('Regression: rows of one step of the descent.'),
    learningRate: decimal.optional().describe('Regression: length of a step of the descent, such as "0.1". GradientBoosting: share of each tree that counts.'),
    l2: decimal.optional().describe('Regression: penalty on the squares of the weights. GradientBoosting: the same of leaves.'),
    tweediePower: decimal.optional().describe('Regression: power of the variance, between 1 and 2.'),
    minimumInformationValue: z.string().max(20).regex(/^(\d{1,9}(\.\d{1,9})?)?$/).optional().describe('Regression: columns of lower information value are left out; needs the table of a Binning.'),
    trees: z.int().min(1).max(100).optional().describe('GradientBoosting: number of trees.'),
    depth: z.int().min(1).max(6).optional().describe('GradientBoosting: questions from the root of a tree to a leaf.'),
    thresholds: z.int().min(1).max(63).optional().describe('GradientBoosting: most values of a numeric column at which a tree may split.'),
    holdout: decimal.optional().describe('Regression, GradientBoosting: share of the rows that training leaves aside, up to "0.5".'),
    rows: z.enum(['All', 'Holdout']).optional().describe('Evaluate: by which rows the model is judged. Holdout: those that training left aside.'),
    clusters: z.int().min(2).max(20).optional().describe('KMeans: number of clusters.'),
    iterations: z.int().min(1).max(50).optional().describe('KMeans: how often the centres are moved.'),
    metrics: list.optional().describe('Evaluate: metrics wanted, separated by commas.'),
  })
  .prefault({})
  .describe('Parameters of the operator (kubectl collabnet operators describe).');
