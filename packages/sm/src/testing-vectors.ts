/** Published vectors of GB/T 32918.5-2017 (curve sm2p256v1), annexes A to C. Only tests import this. */
export const signature = {
  message: 'message digest',
  privateKey: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  publicKey:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  za: 'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3',
  e: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  k: '59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21',
  r: 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3',
  s: 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
};

export const encryption = {
  message: 'encryption standard',
  ciphertext:
    '0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
    'e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0' +
    '59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766' +
    '21886ca989ca9c7d58087307ca93092d651efa',
};

export const agreement = {
  a: {
    privateKey: '81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029',
    publicKey:
      '04160e12897df4edb61dd812feb96748fbd3ccf4ffe26aa6f6db9540af49c94232' +
      '4a7dad08bb9a459531694beb20aa489d6649975e1bfcf8c4741b78b4b223007f',
  },
  ephemeralA: {
    privateKey: 'd4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3',
    publicKey:
      '0464ced1bdbc99d590049b434d0fd73428cf608a5db8fe5ce07f15026940bae40e' +
      '376629c7ab21e7db260922499ddb118f07ce8eaae3e7720afef6a5cc062070c0',
  },
  b: {
    privateKey: '785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5',
    publicKey:
      '046ae848c57c53c7b1b5fa99eb2286af078ba64c64591b8b566f7357d576f16dfb' +
      'ee489d771621a27b36c5c7992062e9cd09a9264386f3fbea54dff69305621c4d',
  },
  ephemeralB: {
    privateKey: '7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6',
    publicKey:
      '04acc27688a6f7b706098bc91ff3ad1bff7dc2802cdb14ccccdb0a90471f9bd707' +
      '2fedac0494b2ffc4d6853876c79b8f301c6573ad0aa50f39fc87181e1a1b46fe',
  },
  key: '6c89347354de2484c60b4ab1fde4c6e5',
};
