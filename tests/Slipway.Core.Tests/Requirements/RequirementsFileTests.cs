using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Requirements;

public sealed class RequirementsFileTests
{
    private static readonly string Digest = new('A', 64);

    [Fact]
    public void Parse_everything_that_may_be_there_is_read()
    {
        var text = "\uFEFF# heading\r\n"
            + "\r\n"
            + "Numpy>=2 # newest\r\n"
            + $"six==1.16 \\\r\n    --hash=sha256:{Digest} \\\r\n    --hash sha256:{new string('0', 64)}\r\n"
            + "tool @ https://host.example/tool.zip#egg=tool ; python_version >= '3.9' and \\\n  os_name == 'posix'\n"
            + "-r base.txt\n-rmore.txt\n--requirement=\"with blank.txt\"\n-c limits.txt # why\n--constraint other.txt";
        var file = Must.Succeed(RequirementsFile.Parse(text, "requirements.txt"));

        Assert.Equal(
            ["numpy>=2", "six==1.16", "tool @ https://host.example/tool.zip#egg=tool ; python_version >= \"3.9\" and os_name == \"posix\""],
            file.Requirements.Select(line => line.Requirement.ToString()), StringComparer.Ordinal);
        Assert.Equal([3, 4, 7], file.Requirements.Select(line => line.Location.Line));
        Assert.Equal(["sha256:" + new string('0', 64), "sha256:" + new string('a', 64)], file.Requirements[1].Hashes.AsEnumerable(), StringComparer.Ordinal);
        Assert.Equal(
            [("base.txt", false), ("more.txt", false), ("with blank.txt", false), ("limits.txt", true), ("other.txt", true)],
            file.Includes.Select(include => (include.Path, include.IsConstraint)));
        Assert.Equal(13, file.Includes[^1].Location.Line);
    }

    [Fact]
    public void Parse_comment_ends_a_continuation()
    {
        var file = Must.Succeed(RequirementsFile.Parse("six \\\n# note \\\nnumpy\n", "r.txt"));
        Assert.Equal(["six", "numpy"], file.Requirements.Select(line => line.Requirement.ToString()), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("--index-url https://evil.example", "--index-url")]
    [InlineData("-i https://evil.example", "--index-url")]
    [InlineData("-ihttps://evil.example", "--index-url")]
    [InlineData("--extra-index-url=https://evil.example", "--index-url")]
    [InlineData("--find-links ./wheels", "--find-links")]
    [InlineData("-f ./wheels", "--find-links")]
    [InlineData("--no-index", "--find-links")]
    [InlineData("-e .", "Leave the line out")]
    [InlineData("--editable=.", "Leave the line out")]
    [InlineData("--no-binary :all:", "lock")]
    [InlineData("--pre", "pre-release")]
    [InlineData("--trusted-host evil.example", "https")]
    [InlineData("--require-hashes", "hashes")]
    [InlineData("--use-feature=x", "Remove")]
    [InlineData("-", "Remove")]
    [InlineData("six --global-option=build", "Remove")]
    [InlineData("six --config-settings a=b", "Remove")]
    public void Parse_option_is_refused_with_line_and_remedy(string line, string hint)
    {
        var failure = Must.Fail(RequirementsFile.Parse("numpy\n  " + line + "\n", "r.txt"), CoreFailures.RequirementsOption);
        Assert.Equal(2, failure.Location!.Line);
        Assert.Contains(hint, failure.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-r")]
    [InlineData("-r a.txt b.txt")]
    [InlineData("-r --index-url=x")]
    [InlineData("-rr2.txt -i x")]
    [InlineData("-r https://evil.example/r.txt")]
    [InlineData("-r 'a.txt")]
    [InlineData("-c a\0.txt")]
    public void Parse_include_with_a_bad_path_is_refused(string line) =>
        Must.Fail(RequirementsFile.Parse(line, "r.txt"), CoreFailures.RequirementsOption);

    [Theory]
    [InlineData("C:\\x")]
    [InlineData("~/x")]
    [InlineData("https://host.example/x.whl")]
    [InlineData("git+https://host.example/r.git")]
    [InlineData("file:///x")]
    public void Parse_bare_source_is_refused_with_the_remedy(string line)
    {
        var failure = Must.Fail(RequirementsFile.Parse(line, "r.txt"), CoreFailures.RequirementsBareSource);
        Assert.Contains(line.Contains("://", StringComparison.Ordinal) ? $"NAME @ {line}" : "name @ url", failure.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".", ".", "", "")]
    [InlineData("./local", "./local", "", "")]
    [InlineData("../local[extra, Other] ; os_name == 'posix'", "../local", "extra,other", "os_name == \"posix\"")]
    [InlineData("/abs/x.whl", "/abs/x.whl", "", "")]
    [InlineData("dir/x", "dir/x", "", "")]
    [InlineData("./with blank/x", "./with blank/x", "", "")]
    [InlineData("x-1.0-py3-none-any.whl", "x-1.0-py3-none-any.whl", "", "")]
    [InlineData("x-1.0.tar.gz", "x-1.0.tar.gz", "", "")]
    public void Parse_path_is_kept_with_what_follows_it(string line, string path, string extras, string marker)
    {
        var found = Assert.Single(Must.Succeed(RequirementsFile.Parse("six\n" + line, "r.txt")).Paths);
        Assert.Equal((path, extras, marker), (found.Path, string.Join(',', found.Extras), found.Marker?.ToString() ?? string.Empty));
        Assert.Equal(2, found.Location.Line);
    }

    [Fact]
    public void Parse_path_takes_hashes()
    {
        var hash = $"sha256:{new string('a', 64)}";
        Assert.Equal([hash], (string[])[.. Assert.Single(Must.Succeed(RequirementsFile.Parse($"./x-1.0.tar.gz --hash={hash}", "r.txt")).Paths).Hashes]);
    }

    [Theory]
    [InlineData("-e ./x")]
    [InlineData("--editable=.")]
    public void Parse_editable_is_refused_and_says_what_to_do_instead(string line) =>
        Assert.Contains("the path alone", Must.Fail(RequirementsFile.Parse(line, "r.txt"), CoreFailures.RequirementsOption).Hint, StringComparison.Ordinal);

    [Theory]
    [InlineData("./x[bad extra]", "COR0103")]
    [InlineData("./x ; nonsense", "COR0104")]
    public void Parse_path_with_something_malformed_after_it_is_refused(string line, string code) =>
        Assert.Equal(code, RequirementsFile.Parse(line, "r.txt").Failure.Code.Id);

    [Theory]
    [InlineData("x @ https://host/${TOKEN}/x.whl")]
    [InlineData("-r ${DIR}/x.txt")]
    public void Parse_variable_is_refused(string line) => Must.Fail(RequirementsFile.Parse(line, "r.txt"), CoreFailures.RequirementsVariable);

    [Theory]
    [InlineData("six --hash=sha256:abc")]
    [InlineData("six --hash=md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("six --hash")]
    public void Parse_bad_hash_is_refused(string line) => Must.Fail(RequirementsFile.Parse(line, "r.txt"), CoreFailures.RequirementsHash);

    [Fact]
    public void Parse_error_on_a_continued_line_names_that_line()
    {
        var failure = RequirementsFile.Parse("six \\\n  >=1, \\\n  <<2\n", "r.txt").Failure;
        Assert.Equal(new FailureLocation("r.txt", 3, 3, "  <<2"), failure.Location);
    }

    [Fact]
    public void Parse_secret_in_a_refused_line_is_not_repeated()
    {
        var failure = RequirementsFile.Parse("--index-url https://u:hunter2@host/simple", "r.txt").Failure;
        Assert.DoesNotContain("hunter2", failure + failure.Location!.LineText, StringComparison.Ordinal);
    }
}
