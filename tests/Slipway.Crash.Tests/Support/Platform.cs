// Stores lie on Linux; so do their tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// Each class starts many processes of its own; one after the other they measure the store and not the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
