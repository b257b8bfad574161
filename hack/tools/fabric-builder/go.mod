// Builds the external builder that peers use for chaincode as a service; the standard library is all it needs.
module collabnet.example/hack/tools/fabric-builder

go 1.26.0
