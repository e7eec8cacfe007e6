namespace Slipway.Core.Requirements;

/// <summary>
/// The values of the environment markers of PEP 508 for one interpreter on one machine: the one that a
/// requirement is judged for, never the one that judges.
/// </summary>
public sealed record MarkerEnvironment
{
    /// <summary><c>os_name</c>: Python's <c>os.name</c>, for example <c>posix</c>.</summary>
    public required string OsName { get; init; }

    /// <summary><c>sys_platform</c>: Python's <c>sys.platform</c>, for example <c>linux</c>.</summary>
    public required string SysPlatform { get; init; }

    /// <summary><c>platform_machine</c>, for example <c>x86_64</c>.</summary>
    public required string PlatformMachine { get; init; }

    /// <summary><c>platform_python_implementation</c>, for example <c>CPython</c>.</summary>
    public required string PlatformPythonImplementation { get; init; }

    /// <summary><c>platform_release</c>: the release of the kernel.</summary>
    public required string PlatformRelease { get; init; }

    /// <summary><c>platform_system</c>, for example <c>Linux</c>.</summary>
    public required string PlatformSystem { get; init; }

    /// <summary><c>platform_version</c>: the build of the kernel.</summary>
    public required string PlatformVersion { get; init; }

    /// <summary><c>python_version</c>: major and minor, for example <c>3.12</c>.</summary>
    public required string PythonVersion { get; init; }

    /// <summary><c>python_full_version</c>, for example <c>3.12.1</c>.</summary>
    public required string PythonFullVersion { get; init; }

    /// <summary><c>implementation_name</c>: Python's <c>sys.implementation.name</c>, for example <c>cpython</c>.</summary>
    public required string ImplementationName { get; init; }

    /// <summary><c>implementation_version</c>: the version of the implementation.</summary>
    public required string ImplementationVersion { get; init; }
}
