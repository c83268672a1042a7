import { parentPort, workerData } from 'node:worker_threads';
import { CompileError, compileProject } from '@enstratus/device-firmware/compiler';
import { z } from 'zod';
import type { Compiled } from './compiler.ts';

const { files } = z.object({ files: z.array(z.tuple([z.string(), z.string()])) }).parse(workerData);

async function compiled(): Promise<Compiled> {
  try {
    return { binary: Uint8Array.from(await compileProject(new Map(files))) };
  } catch (error) {
    if (error instanceof CompileError) return { errors: error.message };
    throw error;
  }
}

parentPort?.postMessage(await compiled());
