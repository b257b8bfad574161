// The library logs each call in its own format, refusals as errors; this service counts calls and logs faults itself.
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] ??= 'critical';
