using System.Collections.Frozen;

namespace Slipway.Core.Requirements;

/// <summary>The variables of environment markers; the last two are the sets of PEP 751.</summary>
internal enum MarkerVariable
{
    OsName,
    SysPlatform,
    PlatformMachine,
    PlatformPythonImplementation,
    PlatformRelease,
    PlatformSystem,
    PlatformVersion,
    PythonVersion,
    PythonFullVersion,
    ImplementationName,
    ImplementationVersion,
    Extra,
    Extras,
    DependencyGroups,
}

/// <summary>The names and values of the variables.</summary>
internal static class MarkerVariables
{
    private static readonly FrozenDictionary<string, MarkerVariable> ByName = new Dictionary<string, MarkerVariable>(StringComparer.Ordinal)
    {
        ["os_name"] = MarkerVariable.OsName,
        ["sys_platform"] = MarkerVariable.SysPlatform,
        ["platform_machine"] = MarkerVariable.PlatformMachine,
        ["platform_python_implementation"] = MarkerVariable.PlatformPythonImplementation,
        ["platform_release"] = MarkerVariable.PlatformRelease,
        ["platform_system"] = MarkerVariable.PlatformSystem,
        ["platform_version"] = MarkerVariable.PlatformVersion,
        ["python_version"] = MarkerVariable.PythonVersion,
        ["python_full_version"] = MarkerVariable.PythonFullVersion,
        ["implementation_name"] = MarkerVariable.ImplementationName,
        ["implementation_version"] = MarkerVariable.ImplementationVersion,
        ["extra"] = MarkerVariable.Extra,
        ["extras"] = MarkerVariable.Extras,
        ["dependency_groups"] = MarkerVariable.DependencyGroups,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Spellings from before PEP 508 that published packages still carry.
    private static readonly FrozenDictionary<string, MarkerVariable> OldNames = new Dictionary<string, MarkerVariable>(StringComparer.Ordinal)
    {
        ["os.name"] = MarkerVariable.OsName,
        ["sys.platform"] = MarkerVariable.SysPlatform,
        ["platform.version"] = MarkerVariable.PlatformVersion,
        ["platform.machine"] = MarkerVariable.PlatformMachine,
        ["platform.python_implementation"] = MarkerVariable.PlatformPythonImplementation,
        ["python_implementation"] = MarkerVariable.PlatformPythonImplementation,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<MarkerVariable, string> Names = ByName.ToFrozenDictionary(static e => e.Value, static e => e.Key);

    public static MarkerVariable? Find(string name) =>
        ByName.TryGetValue(name, out var variable) || OldNames.TryGetValue(name, out variable) ? variable : null;

    public static string Name(MarkerVariable variable) => Names[variable];

    public static bool IsSet(MarkerVariable? variable) => variable is MarkerVariable.Extras or MarkerVariable.DependencyGroups;

    /// <summary>The value in an environment; the variables that hold extras or groups have none there.</summary>
    public static string Value(MarkerVariable variable, MarkerEnvironment environment) => variable switch
    {
        MarkerVariable.OsName => environment.OsName,
        MarkerVariable.SysPlatform => environment.SysPlatform,
        MarkerVariable.PlatformMachine => environment.PlatformMachine,
        MarkerVariable.PlatformPythonImplementation => environment.PlatformPythonImplementation,
        MarkerVariable.PlatformRelease => environment.PlatformRelease,
        MarkerVariable.PlatformSystem => environment.PlatformSystem,
        MarkerVariable.PlatformVersion => environment.PlatformVersion,
        MarkerVariable.PythonVersion => environment.PythonVersion,
        MarkerVariable.PythonFullVersion => environment.PythonFullVersion,
        MarkerVariable.ImplementationName => environment.ImplementationName,
        MarkerVariable.ImplementationVersion => environment.ImplementationVersion,
        _ => string.Empty,
    };
}
