package imaging

// Scaled is scaled, for tests.
var Scaled = scaled
