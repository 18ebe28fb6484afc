package heif

// DecodeContext is decode, for tests.
var DecodeContext = decode
