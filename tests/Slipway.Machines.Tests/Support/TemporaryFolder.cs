using Slipway.Machines.Files;

namespace Slipway.Machines.Tests.Support;

/// <summary>A folder for one test, removed with whatever the test left in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("slipway-machines-").FullName;

    public string this[string name] => $"{Root}/{name}";

    public void Dispose() => LocalFiles.RemoveTree(Root);
}
