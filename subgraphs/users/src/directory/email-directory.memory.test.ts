import { describeEmailDirectoryContract } from './email-directory.contract.ts';
import { memoryEmailDirectory } from './email-directory.memory.ts';

describeEmailDirectoryContract('memoryEmailDirectory', async () => memoryEmailDirectory());
