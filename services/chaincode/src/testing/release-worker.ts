import { serveJobs } from '../serve-jobs.ts';
import { testRelease } from './test-release.ts';

serveJobs(testRelease());
