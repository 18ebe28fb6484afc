package photo

// LimitProcess is limitProcess for tests.
var LimitProcess = limitProcess
