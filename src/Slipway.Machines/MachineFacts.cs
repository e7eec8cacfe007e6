namespace Slipway.Machines;

/// <summary>What a machine is, as far as environments and launches depend on it.</summary>
/// <param name="OperatingSystem">Lower case kernel name, for example <c>linux</c>.</param>
/// <param name="Architecture">The machine hardware name as <c>uname -m</c> prints it, for example <c>x86_64</c>.</param>
/// <param name="LibcKind"><c>glibc</c> or <c>musl</c>.</param>
/// <param name="LibcVersion">For example <c>2.36</c>; empty when unknown.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it.</param>
/// <param name="HostName">The node name.</param>
/// <param name="BootId">Changes with every boot; empty when the kernel does not tell.</param>
/// <param name="UserId">The effective user id.</param>
/// <param name="Home">The user's home directory, absolute.</param>
/// <param name="ProcessorCount">Processors that this user may run on.</param>
public sealed record MachineFacts(
    string OperatingSystem,
    string Architecture,
    string LibcKind,
    string LibcVersion,
    string KernelRelease,
    string HostName,
    string BootId,
    uint UserId,
    string Home,
    int ProcessorCount)
{
    /// <summary>The platform part of an environment's identity: <c>linux-x86_64</c>, or <c>linux-x86_64-musl</c>.</summary>
    public string PlatformKey => LibcKind is "musl" ? $"{OperatingSystem}-{Architecture}-musl" : $"{OperatingSystem}-{Architecture}";
}
