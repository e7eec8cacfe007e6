using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Tests.Support;
using Slipway.Machines;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Requests;

/// <summary>Whatever a text holds, it is refused or stays the value that it was given as.</summary>
public sealed class OptionInjectionTests
{
    private static readonly string[] Seeds =
    [
        "demo", "demo>=1", "-r evil.txt", "--index-url=http://evil", "demo --index-url http://evil", "demo\n--index-url http://evil", "demo @ https://h/x.whl",
        "demo @ https://h/x.whl --hash=sha256:00", "-e .", "demo[x]==1 ; os_name == 'posix'", "demo;--pre", "http://u:p@h/simple", "https://h/simple", "--trusted-host=h",
        "./packages", "-packages", "/srv/--index-url=x", "https://h/simple --pre", "demo @ file:///x\u00a0--pre", "@evil", "demo\\", "demo # x", "demo\u2028-r x", "${HOME}",
    ];

    [Fact]
    public void Hostile_text_never_becomes_an_option_of_pip() => Property.Check(3000, gen =>
    {
        var requirement = Text(gen);
        var index = gen.OneIn(2) ? null : Text(gen);
        var link = gen.OneIn(2) || index is not null ? null : Text(gen);
        if (Build(requirement, index, link) is not { } request)
        {
            return;
        }

        var steps = Plan(request);
        var command = steps.Steps.OfType<Step.Run>().Single().Command;

        // Everything before pip's first argument is ours; every argument after it has one fixed beginning.
        var arguments = command.Arguments.SkipWhile(argument => argument is not "install").ToList();
        Assert.All(arguments.Skip(1), argument => Assert.Matches(
            @"^(--dry-run|--ignore-installed|--no-index|--report=/s/|--cache-dir=/s/|--retries=|--progress-bar=|--find-links=/|--requirement=/s/|--constraint=/s/)",
            argument));
        Assert.Equal(request.Sources.IsLocal ? 1 : 0, arguments.Count(argument => argument.StartsWith("--find-links=", StringComparison.Ordinal)));
        Assert.DoesNotContain(arguments, argument => argument.Any(char.IsControl));

        var lines = System.Text.Encoding.UTF8.GetString(steps.Steps.OfType<Step.WriteFile>().First().Content.Span);
        Assert.Equal(1, lines.Count(c => c is '\n' or '\r' or '\u2028' or '\u2029' or '\u0085' or '\v' or '\f'));
        Assert.Matches("^[A-Za-z0-9]", lines);
        Assert.DoesNotContain(" --", lines, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("http://user:pw@h/simple")]
    [InlineData("http://user@h/simple")]
    [InlineData("http://@h/simple")]
    [InlineData("http://user/name:pw@h/simple")]
    [InlineData("https://h/simple#egg=x")]
    [InlineData("https://h/simple?token=x")]
    [InlineData(" https://h/simple")]
    [InlineData("https://h/simple x")]
    [InlineData("https:///simple")]
    [InlineData("https:h")]
    [InlineData("ftp://h/simple")]
    [InlineData("file:///srv")]
    [InlineData("--pre")]
    [InlineData("https://h\\@evil/simple")]
    [InlineData("https://h/\u202esimple")]
    [InlineData("")]
    public void Index_url_that_could_mean_something_else_is_refused_without_being_repeated(string url)
    {
        var failure = PackageSources.ParseIndexUrl(url, "--index-url").Failure;
        Assert.Equal((EnvironmentFailures.SourceRefused, ExitCode.Usage), (failure.Code, failure.Code.Exit));
        Assert.DoesNotContain("pw", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("token", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://index.example/simple")]
    [InlineData("http://127.0.0.1:8080/simple/")]
    [InlineData("HTTPS://h/@scope/simple/")]
    public void Plain_index_url_is_kept_as_it_is(string url) => Assert.Equal(url, PackageSources.ParseIndexUrl(url, "--index-url").Value);

    [Theory]
    [InlineData("packages", "/base/packages")]
    [InlineData("../x y", "/x y")]
    [InlineData("/srv/w", "/srv/w")]
    [InlineData("https://h/files", "https://h/files")]
    public void Find_links_become_absolute(string text, string expected) => Assert.Equal(expected, PackageSources.ParseFindLinks(text, "/base", "--find-links").Value);

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("file:///srv")]
    [InlineData("a\nb")]
    [InlineData("https://u:p@h/files")]
    public void Find_links_that_could_mean_something_else_are_refused(string text) =>
        Assert.Equal(EnvironmentFailures.SourceRefused, PackageSources.ParseFindLinks(text, "/base", "--find-links").Failure.Code);

    private static string Text(Gen gen)
    {
        var text = gen.Pick(Seeds);
        for (var times = gen.Int(0, 2); times > 0; times--)
        {
            text = gen.Mutate(text);
        }

        return text;
    }

    private static EnvironmentRequest? Build(string requirement, string? index, string? link)
    {
        if (!Requirement.Parse(requirement).TryGet(out var parsed, out _)
            || (index is not null && !PackageSources.ParseIndexUrl(index, "i").IsOk)
            || (link is not null && !PackageSources.ParseFindLinks(link, "/base", "l").IsOk))
        {
            return null;
        }

        return new EnvironmentRequest
        {
            Requirements = [new RequestedPackage(parsed, [])],
            Sources = PackageSources.Create(index is null ? [] : [new PackageIndex(index)], link is null ? [] : [PackageSources.ParseFindLinks(link, "/base", "l").Value]).Value,
        };
    }

    private static ResolutionSteps Plan(EnvironmentRequest request)
    {
        var facts = new MachineFacts("linux", "x86_64", "glibc", "2.36", string.Empty, string.Empty, string.Empty, 0, "/", 1);
        var host = new BuildHost(new LocalMachine(), new StoreLayout("/s"), facts);
        var python = new Interpreter("/p/python3.11", "cpython", "3.11.7", "3.11.7", "3.11.7", "cp311", string.Empty, true, null, null, null!);
        return PipResolution.Plan(
            host, new ProvisionerTool("pip/24.2/1", "/s/tools/pip"), python, "/s/driver.py", request, site: null, "/s/work", GatePlan.Of(host, request.Sources, []));
    }
}
