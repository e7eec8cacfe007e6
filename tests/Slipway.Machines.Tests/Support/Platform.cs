// Machines are Linux; so are their tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
