using Slipway.Crash.Driver;

// One operation of the store for each process, so that a test can kill it, race it or run it where the disk is full.
// Usage: VERB STORE SLOT-NUMBER [--option value]...
return await new Operations(Options.Parse(args)).ExecuteAsync();
