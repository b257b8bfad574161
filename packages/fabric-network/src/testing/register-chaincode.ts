import { Shim, type ChaincodeInterface, type ChaincodeResponse, type ChaincodeServerOpts, type ChaincodeStub } from 'fabric-shim';

/** Keeps values under keys: the least that a test of the network needs of a chaincode. */
class Register implements ChaincodeInterface {
  Init(): Promise<ChaincodeResponse> {
    return Promise.resolve(Shim.success());
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    const { fcn, params } = stub.getFunctionAndParameters();
    const [key = '', value = ''] = params;
    if (fcn === 'put') await stub.putState(key, Buffer.from(value));
    else if (fcn !== 'get') return Shim.error(`${fcn}: unknown`);
    return Shim.success(fcn === 'get' ? Buffer.from(await stub.getState(key)) : Buffer.from(value));
  }
}

// A process of its own: the shim brings another version of the protobuf classes, and all versions share one global name.
const [ccid = '', address = ''] = process.argv.slice(2);
await Shim.server(new Register(), { ccid, address } as ChaincodeServerOpts).start();
process.stdout.write('serving\n');
