// Stores lie on Linux; so do their tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
