/** The store on D1: what every store promises, in the real thing. */
import { after } from 'node:test';
import { openD1 } from '../../src/store/d1.ts';
import { startD1 } from '../worker/d1-database.ts';
import { storeContract } from './contract/contract.ts';

const server = await startD1();
after(() => server.close());

storeContract('D1', async () => openD1(await server.fresh()));
