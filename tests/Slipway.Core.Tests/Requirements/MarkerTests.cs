using Slipway.Core.Requirements;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Requirements;

public sealed class MarkerTests
{
    internal static readonly MarkerEnvironment Linux = new()
    {
        OsName = "posix",
        SysPlatform = "linux",
        PlatformMachine = "x86_64",
        PlatformPythonImplementation = "CPython",
        PlatformRelease = "5.10.0-28-generic",
        PlatformSystem = "Linux",
        PlatformVersion = "#1 SMP Debian",
        PythonVersion = "3.10",
        PythonFullVersion = "3.10.13",
        ImplementationName = "cpython",
        ImplementationVersion = "3.10.13",
    };

    [Theory]
    [InlineData("python_version >= '3.9'", true)]
    [InlineData("python_version < '3.9'", false)]
    [InlineData("'3.9' <= python_version", true)]
    [InlineData("python_version == '3.10.*'", true)]
    [InlineData("python_version ~= '3.9'", true)]
    [InlineData("python_version in '3.9, 3.10'", true)]
    [InlineData("python_version not in '2.7 3.3'", true)]
    [InlineData("python_version not   in '3.10'", false)]
    [InlineData("python_full_version === '3.10.13'", true)]
    [InlineData("os_name == 'posix'", true)]
    [InlineData("os.name == 'posix'", true)]
    [InlineData("sys.platform == 'linux'", true)]
    [InlineData("platform.python_implementation == 'CPython'", true)]
    [InlineData("python_implementation == 'CPython'", true)]
    [InlineData("sys_platform == 'win32' or os_name == 'posix' and python_version > '3'", true)]
    [InlineData("(sys_platform == 'win32' or os_name == 'posix') and python_version < '3'", false)]
    [InlineData("sys_platform == 'linux'and os_name=='posix'", true)]
    [InlineData("platform_release >= '5'", true)]
    [InlineData("platform_release == '5.10.0-28-generic'", true)]
    [InlineData("platform_version >= 'A'", false)]
    [InlineData("'linux' in sys_platform", true)]
    [InlineData("'nux' in sys_platform", true)]
    [InlineData("implementation_name == \"pypy\"", false)]
    [InlineData("platform_machine != 'arm64' and platform_system == 'Linux'", true)]
    [InlineData("implementation_version >= '3.10.13'", true)]
    [InlineData("os_name === 'POSIX'", true)]
    [InlineData("extra == 'dev'", false)]
    public void Evaluate_environment_decides(string text, bool expected) =>
        Assert.Equal(expected, Must.Succeed(Marker.Parse(text)).Evaluate(Linux));

    [Theory]
    [InlineData("extra == 'Dev_Tools'", "dev-tools", true)]
    [InlineData("extra == 'dev'", "test", false)]
    [InlineData("extra == 'dev'", "test,dev", true)]
    [InlineData("'DEV' == extra", "dev", true)]
    [InlineData("extra != 'dev'", "dev", false)]
    [InlineData("'dev.tools' in extras", "dev-tools,x", true)]
    [InlineData("'dev' not in extras", "dev", false)]
    [InlineData("'dev' not in extras", "", true)]
    public void Evaluate_extras_decide_by_normal_form(string text, string extras, bool expected) =>
        Assert.Equal(expected, Must.Succeed(Marker.Parse(text)).Evaluate(Linux, extras.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Evaluate_dependency_groups_decide()
    {
        var marker = Must.Succeed(Marker.Parse("'lint' in dependency_groups and os_name == 'posix'"));
        Assert.True(marker.Evaluate(Linux, extras: null, ["Lint"]));
        Assert.False(marker.Evaluate(Linux));
    }

    [Theory]
    [InlineData("python_version>='3.8'", "python_version >= \"3.8\"")]
    [InlineData("os.name=='posix'", "os_name == \"posix\"")]
    [InlineData("python_implementation == 'x'", "platform_python_implementation == \"x\"")]
    [InlineData("((os_name == 'a'))", "os_name == \"a\"")]
    [InlineData("os_name == 'a' and (os_name == 'b' and os_name == 'c')", "os_name == \"a\" and os_name == \"b\" and os_name == \"c\"")]
    [InlineData("(os_name == 'a' and os_name == 'b') or os_name == 'c'", "os_name == \"a\" and os_name == \"b\" or os_name == \"c\"")]
    [InlineData("os_name == 'a' and (os_name == 'b' or os_name == 'c')", "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")")]
    [InlineData("os_name == 'say \"hi\"'", "os_name == 'say \"hi\"'")]
    [InlineData("'a' not  in extras", "\"a\" not in extras")]
    public void ToString_is_canonical_and_round_trips(string text, string canonical)
    {
        var marker = Must.Succeed(Marker.Parse(text));
        Assert.Equal(canonical, marker.ToString());
        Assert.Equal(marker, Must.Succeed(Marker.Parse(canonical)));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("python_version", 15)]
    [InlineData("python_version >=", 18)]
    [InlineData("python_version >= 3.8", 19)]
    [InlineData("python_version >= '3.8", 19)]
    [InlineData("python_versions >= '3.8'", 1)]
    [InlineData("python_version => '3.8'", 16)]
    [InlineData("(os_name == 'a'", 16)]
    [InlineData("os_name == 'a')", 15)]
    [InlineData("os_name == 'a' and", 19)]
    [InlineData("os_name == 'a' xor os_name == 'b'", 16)]
    [InlineData("os_name not 'a'", 13)]
    [InlineData("'a' == 'b'", 1)]
    [InlineData("os_name == 'a\\n'", 14)]
    [InlineData("os_name ~= 'a'", 1)]
    [InlineData("extras == 'a'", 1)]
    [InlineData("'a' == extras", 1)]
    public void Parse_malformed_names_the_column(string text, int column) =>
        Assert.Equal(column, Must.Fail(Marker.Parse(text), CoreFailures.MarkerInvalid).Location!.Column);

    [Fact]
    public void Parse_deep_nesting_is_refused_not_overflowed() =>
        Must.Fail(Marker.Parse(new string('(', 100_000)), CoreFailures.MarkerInvalid);
}
