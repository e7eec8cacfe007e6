using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Locks;

public sealed class PylockTests
{
    private const string Head = "lock-version = '1.0'\ncreated-by = 'slipway'\n";
    private const string Hashes = "hashes = {sha256 = '0000000000000000000000000000000000000000000000000000000000000000'}";
    private const string Wheel = "{url = 'https://host.example/a-1-py3-none-any.whl', " + Hashes + "}";

    private const string Whole =
        """
        lock-version = "1.0"
        environments = ["sys_platform == 'linux'", "sys_platform == 'darwin'"]
        requires-python = ">=3.12"
        extras = ["gpu"]
        dependency-groups = ["test", "dev"]
        default-groups = ["dev"]
        created-by = "other-tool"

        [[packages]]
        name = "Zed"
        version = "2.0"
        marker = "'gpu' in extras"
        requires-python = ">=3.9"
        index = "https://index.example/simple/"
        dependencies = [{name = "attrs", version = "25.1.0"}]
        sdist = {name = "zed-2.0.tar.gz", upload-time = 2024-01-02T03:04:05.678901Z, url = "https://host.example/zed-2.0.tar.gz", size = 12, hashes = {sha256 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}

        [[packages.wheels]]
        name = "zed-2.0-py3-none-any.whl"
        upload-time = 2024-01-02T03:04:05+02:00
        path = "wheels/zed-2.0-py3-none-any.whl"
        hashes = {sha512 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", md5 = "00"}

        [[packages.attestation-identities]]
        kind = "GitHub"
        repository = "o/r"

        [packages.tool.other]
        note = "kept"

        [[packages]]
        name = "attrs"
        version = "25.1.0"
        archive = {url = "https://host.example/d/at%20trs.zip?x=1", hashes = {sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}, subdirectory = "sub"}

        [[packages]]
        name = "local"
        directory = {path = "./local", editable = true}

        [[packages]]
        name = "repo"
        vcs = {type = "git", url = "https://host.example/r.git", requested-revision = "main", commit-id = "0123456789abcdef0123456789abcdef01234567", subdirectory = "py"}

        [tool.slipway]
        digest = "x"
        """;

    [Fact]
    public void Read_everything_is_there()
    {
        var pylock = Must.Succeed(PylockReader.Read(Whole, "pylock.toml"));
        Assert.Equal("other-tool", pylock.CreatedBy);
        Assert.Equal(2, pylock.Environments.Length);
        var zed = pylock.Packages[0];
        Assert.Equal(("zed", "2.0"), (zed.Name.ToString(), zed.Version!.ToString()));
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 1, 4, 5, TimeSpan.Zero), zed.Wheels[0].UploadTime);
        Assert.Equal(12, zed.Sdist!.Size);
        Assert.Equal(new string('a', 64), zed.Sdist.Hashes["sha256"]);
        Assert.Equal("GitHub", Must.Succeed(zed.AttestationIdentities[0].GetString("kind")));
        Assert.Equal("attrs", zed.Dependencies[0].Name.ToString());
        Assert.Equal("at trs.zip", pylock.Packages[1].Archive!.Name);
        Assert.True(pylock.Packages[2].Directory!.IsEditable);
        Assert.Equal("main", pylock.Packages[3].Vcs!.RequestedRevision);
        Assert.Equal("x", Must.Succeed(Must.Succeed(pylock.Tool!.GetTable("slipway")).GetString("digest")));
    }

    [Fact]
    public void Write_read_lock_is_sorted_and_stable()
    {
        var written = PylockWriter.Write(Must.Succeed(PylockReader.Read(Whole, "pylock.toml")));
        var again = Must.Succeed(PylockReader.Read(written, "pylock.toml"));
        Assert.Equal(written, PylockWriter.Write(again));
        Assert.Equal("attrs local repo zed", string.Join(' ', again.Packages.Select(package => package.Name)));
        Assert.Equal("dev test", string.Join(' ', again.DependencyGroups));
        Assert.Equal("kept", Must.Succeed(Must.Succeed(again.Packages[3].Tool!.GetTable("other")).GetString("note")));
        Assert.Equal(Must.Succeed(PylockReader.Read(Whole, "x")).Packages[0].Wheels[0].UploadTime, again.Packages[3].Wheels[0].UploadTime);
    }

    [Fact]
    public void Write_small_lock_looks_like_this()
    {
        var pylock = Must.Succeed(PylockReader.Read($"{Head}packages = [{{name = 'a', version = '1.0', wheels = [{Wheel}]}}]\ntool.slipway.x = 1", "pylock.toml"));
        Assert.Equal(
            """
            lock-version = "1.0"
            created-by = "slipway"

            [[packages]]
            name = "a"
            version = "1.0"
            wheels = [
                {name = "a-1-py3-none-any.whl", url = "https://host.example/a-1-py3-none-any.whl", hashes = {sha256 = "0000000000000000000000000000000000000000000000000000000000000000"}},
            ]

            [tool.slipway]
            x = 1

            """,
            PylockWriter.Write(pylock));
    }

    [Fact]
    public void Write_lock_without_packages_can_be_read()
    {
        var text = PylockWriter.Write(new Pylock { CreatedBy = "slipway" });
        Assert.Equal("lock-version = \"1.0\"\ncreated-by = \"slipway\"\npackages = []\n", text);
        Assert.Empty(Must.Succeed(PylockReader.Read(text, "pylock.toml")).Packages);
    }

    [Fact]
    public void Read_takes_the_user_that_git_hosts_have_for_everybody() => Assert.Equal(
        "ssh://git@h/r",
        Must.Succeed(PylockReader.Read(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'ssh://git@h/r', commit-id = 'a'}", "t")).Packages[0].Vcs!.Url);

    [Theory]
    [InlineData("created-by = 'x'\npackages = []", "COR0202")]
    [InlineData("lock-version = '1.1'\ncreated-by = 'x'\npackages = []", "COR0401")]
    [InlineData("lock-version = '2.0'\ncreated-by = 'x'\npackages = []", "COR0401")]
    [InlineData("lock-version = 1.0\ncreated-by = 'x'\npackages = []", "COR0203")]
    [InlineData("lock-version = '1.0'\npackages = []", "COR0202")]
    [InlineData(Head, "COR0202")]
    [InlineData(Head + "packages = {}", "COR0203")]
    [InlineData(Head + "environments = ['x == 1']\npackages = []", "COR0104")]
    [InlineData(Head + "requires-python = '3'\npackages = []", "COR0102")]
    [InlineData(Head + "[[packages]]\nversion = '1'", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = '-x'", "COR0103")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nversion = 'x'", "COR0101")]
    [InlineData(Head + "[[packages]]\nname = 'a'", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\ndirectory = {path = 'x'}\nwheels = [" + Wheel + "]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\ndirectory = {path = 'x'}\nvcs = {type = 'git', path = 'x', commit-id = 'a'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\narchive = {path = 'x.zip', " + Hashes + "}\nsdist = {path = 'x.zip', " + Hashes + "}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\ndirectory = {}", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = 'a'\ndirectory = {path = '-x'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://h/r'}", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://h/${SECRET}', commit-id = 'a'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://h/a --index-url=b', commit-id = 'a'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', commit-id = 'a'}", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://h/r', commit-id = '--upload-pack=x'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://h/r', commit-id = 'a', requested-revision = '-x'}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'ssh://git:hunter2@h/r', commit-id = 'a'}", "COR0107")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'ssh://bob@h/r', commit-id = 'a'}", "COR0107")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://git@h/r', commit-id = 'a'}", "COR0107")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nindex = 'https://u:hunter2@h/'\nwheels = [" + Wheel + "]", "COR0107")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nindex = 'simple'\nwheels = [" + Wheel + "]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/a-1-py3-none-any.whl'}]", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/a-1-py3-none-any.whl', hashes = {}}]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/a-1-py3-none-any.whl', hashes = {sha256 = 'abc'}}]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/a-1-py3-none-any.whl', hashes = {sha256 = 1}}]", "COR0203")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{name = 'a-1-py3-none-any.whl', " + Hashes + "}]", "COR0202")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{name = '../a-1-py3-none-any.whl', url = 'https://h/x', " + Hashes + "}]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/b-1-py3-none-any.whl', " + Hashes + "}]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nversion = '2'\nwheels = [" + Wheel + "]", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://h/a.zip', " + Hashes + "}]", "COR0403")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nsdist = {url = 'https://h/a.zip', size = -1, " + Hashes + "}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nsdist = {url = 'https://h/a.zip', upload-time = 2024-01-01, " + Hashes + "}", "COR0402")]
    [InlineData(Head + "[[packages]]\nname = 'a'\nsdist = {path = \"a\\u0000.zip\", " + Hashes + "}", "COR0402")]
    public void Read_broken_rule_is_refused_with_its_line(string text, string code)
    {
        Failure failure = PylockReader.Read(text, "pylock.toml").Failure;
        Assert.Equal(code, failure.Code.Id);
        Assert.True(failure.Location is { Line: > 0 });
        Assert.DoesNotContain("hunter2", failure + failure.Location!.LineText, StringComparison.Ordinal);
    }
}
