using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Requirements;

public sealed class RequirementTests
{
    [Theory]
    [InlineData("A", "a")]
    [InlineData("name", "name")]
    [InlineData("A.B-C_D", "a-b-c-d")]
    [InlineData("aa", "aa")]
    [InlineData("name<=1", "name<=1")]
    [InlineData("name>=3", "name>=3")]
    [InlineData("name>=3,", "name>=3")]
    [InlineData("name>=3,<2", "name<2,>=3")]
    [InlineData("name == 1.0.0", "name==1")]
    [InlineData("name (>=1.0)", "name>=1")]
    [InlineData("name ()", "name")]
    [InlineData("name[]", "name")]
    [InlineData("name [fred,bar] >= 2", "name[bar,fred]>=2")]
    [InlineData("name[Fred , fred]", "name[fred]")]
    [InlineData("requests [security,tests] >= 2.8.1, == 2.8.* ; python_version < \"2.7\"", "requests[security,tests]==2.8.*,>=2.8.1; python_version < \"2.7\"")]
    [InlineData("name@https://foo.example/x.whl", "name @ https://foo.example/x.whl")]
    [InlineData("name [fred,bar] @ https://foo.example ; python_version=='2.7'", "name[bar,fred] @ https://foo.example ; python_version == \"2.7\"")]
    [InlineData("pip @ file:///localbuilds/pip-1.3.1-py33-none-any.whl", "pip @ file:///localbuilds/pip-1.3.1-py33-none-any.whl")]
    [InlineData("x @ git+https://host.example/o/r.git@v1.0#subdirectory=a", "x @ git+https://host.example/o/r.git@v1.0#subdirectory=a")]
    [InlineData("x @ git+ssh://host.example:2222/o/r.git@feature/a-b", "x @ git+ssh://host.example:2222/o/r.git@feature/a-b")]
    [InlineData("x @ git+ssh://git@host.example/o/r.git@v1", "x @ git+ssh://git@host.example/o/r.git@v1")]
    [InlineData("x @ git+file:///srv/repo@0a1b2c", "x @ git+file:///srv/repo@0a1b2c")]
    [InlineData("x @ http://[::1]:8080/x.whl", "x @ http://[::1]:8080/x.whl")]
    [InlineData("x @ https://host.example/pkg@1.0.tgz", "x @ https://host.example/pkg@1.0.tgz")]
    [InlineData("name; os_name=='a' or os_name=='b'", "name; os_name == \"a\" or os_name == \"b\"")]
    [InlineData("name>=1;os_name=='a'", "name>=1; os_name == \"a\"")]
    [InlineData("name===1.0-weird!", "name===1.0-weird!")]
    [InlineData("\tname\t", "name")]
    public void ToString_is_canonical_and_round_trips(string text, string canonical)
    {
        var requirement = Must.Succeed(Requirement.Parse(text));
        Assert.Equal(canonical, requirement.ToString());
        Assert.Equal(requirement, Must.Succeed(Requirement.Parse(canonical)));
        Assert.Equal(text.Trim(), requirement.Original);
    }

    [Theory]
    [InlineData("", 1, "COR0105")]
    [InlineData("   ", 4, "COR0105")]
    [InlineData("-r other.txt", 1, "COR0105")]
    [InlineData("  --index-url=https://evil.example", 3, "COR0105")]
    [InlineData("name\n--index-url x", 5, "COR0105")]
    [InlineData("name\r", 5, "COR0105")]
    [InlineData("name\0", 5, "COR0105")]
    [InlineData("na\u001bme", 3, "COR0105")]
    [InlineData("name\u0085", 5, "COR0105")]
    [InlineData("_name", 1, "COR0103")]
    [InlineData("name-", 1, "COR0103")]
    [InlineData("näme", 2, "COR0102")]
    [InlineData("name[", 6, "COR0103")]
    [InlineData("name[a", 7, "COR0105")]
    [InlineData("name[a b]", 8, "COR0105")]
    [InlineData("name[a,]", 8, "COR0103")]
    [InlineData("name[-a]", 6, "COR0103")]
    [InlineData("name 1.0", 6, "COR0102")]
    [InlineData("name >= 1.0, == wat", 14, "COR0102")]
    [InlineData("name (>=1", 6, "COR0105")]
    [InlineData("name (>=1) x", 12, "COR0105")]
    [InlineData("name >=1 --hash=sha256:aa", 6, "COR0102")]
    [InlineData("name @ ", 8, "COR0105")]
    [InlineData("name @ ftp://host/x", 8, "COR0106")]
    [InlineData("name @ svn+https://host/x", 8, "COR0106")]
    [InlineData("name @ ./x", 8, "COR0106")]
    [InlineData("name @ https:/host", 13, "COR0106")]
    [InlineData("name @ https://", 16, "COR0106")]
    [InlineData("name @ https://-oProxyCommand=x/", 16, "COR0106")]
    [InlineData("name @ git+ssh://-oProxyCommand=x/y", 18, "COR0106")]
    [InlineData("name @ git+ssh://host:org/repo", 18, "COR0106")]
    [InlineData("name @ file:x.whl", 12, "COR0106")]
    [InlineData("name @ file://host/x.whl", 15, "COR0106")]
    [InlineData("name @ https://host/a\\b", 22, "COR0106")]
    [InlineData("name @ https://höst/", 17, "COR0106")]
    [InlineData("name @ git+https://host/r@--upload-pack=x", 27, "COR0106")]
    [InlineData("name @ git+https://host/r@", 27, "COR0106")]
    [InlineData("name @ git+https://host/r@a;b", 27, "COR0106")]
    [InlineData("name @ https://host/x; os_name == 'a'", 24, "COR0105")]
    [InlineData("name @ https://host/x y", 23, "COR0105")]
    [InlineData("name; os_nam == 'a'", 7, "COR0104")]
    [InlineData("name; ", 7, "COR0104")]
    [InlineData("name; 'a' in extras", 7, "COR0104")]
    [InlineData("./local", 1, "COR0112")]
    [InlineData("/abs/path", 1, "COR0112")]
    [InlineData("https://host/x.whl", 1, "COR0112")]
    [InlineData("  git+https://host/x@main", 3, "COR0112")]
    public void Parse_refused_text_names_the_column(string text, int column, string code)
    {
        var failure = Requirement.Parse(text).Failure;
        Assert.Equal((code, column), (failure.Code.Id, failure.Location!.Column));
        Assert.NotNull(failure.Location.LineText);
    }

    [Fact]
    public void Source_without_a_name_is_told_with_the_form_to_write()
    {
        var failure = Must.Fail(Requirement.Parse("git+https://host/o/r@v1 ; os_name == 'posix'"), CoreFailures.RequirementsBareSource);
        Assert.Equal("Write the name of the project before it: NAME @ git+https://host/o/r@v1", failure.Hint);

        var secret = Must.Fail(Requirement.Parse("git+https://u:hunter2@host/o/r@v1"), CoreFailures.RequirementsBareSource);
        Assert.DoesNotContain("hunter2", $"{secret} {secret.Hint} {secret.Location!.LineText}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x @ https://user:hunter2@host/x.whl")]
    [InlineData("x @ https://hunter2@host/x.whl")]
    [InlineData("x @ git+ssh://hunter2@host/r.git")]
    [InlineData("x @ git+ssh://git:hunter2@host/r.git")]
    [InlineData("x @ git+ssh://git@hunter2@host/r.git")]
    [InlineData("x @ git+https://git@hunter2@host/r.git")]
    [InlineData("x @ https://user/name:hunter2@host/x.whl")]
    [InlineData("x @ https://user%2f:hunter2@host")]
    [InlineData("x y https://user:hunter2@host/x.whl")]
    [InlineData("https://user:hunter2@host/x.whl")]
    [InlineData("-i https://user:hunter2@host/x.whl")]
    public void Parse_userinfo_is_refused_and_not_repeated(string text)
    {
        var failure = Requirement.Parse(text).Failure;
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Location!.LineText, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(text.Length, failure.Location!.LineText!.Length);
    }

    [Fact]
    public void Parse_userinfo_in_a_reference_has_its_own_code() =>
        Must.Fail(Requirement.Parse("x @ https://a:b@host/x.whl"), CoreFailures.UrlHoldsUserinfo);

    [Fact]
    public void Parse_within_a_line_offsets_the_column()
    {
        var at = new FailureLocation("pyproject.toml", 7, 18, "dependencies = [ 'name>>1' ]");
        var location = Requirement.Parse("name>>1", at).Failure.Location!;
        Assert.Equal(new FailureLocation("pyproject.toml", 7, 22, at.LineText), location);
    }

    [Fact]
    public void Parse_with_a_source_only_shows_the_text()
    {
        var location = Requirement.Parse("name>>1", new FailureLocation("--with")).Failure.Location!;
        Assert.Equal(new FailureLocation("--with", 0, 5, "name>>1"), location);
    }

    [Fact]
    public void Parse_message_with_control_and_direction_characters_is_escaped()
    {
        var failure = Requirement.Parse("\u202Eevil\u001b[2J").Failure;
        Assert.DoesNotContain('\u001b', failure.Message + failure.Location!.LineText);
        Assert.DoesNotContain('\u202E', failure.Message + failure.Location!.LineText);
    }

    [Fact]
    public void Parse_leading_dash_or_control_character_never_passes()
    {
        const int Seed = 508;
        var gen = new Gen(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var valid = "name" + gen.Specifier();
            var position = gen.Next(valid.Length + 1);
            var control = (char)gen.Pick(gen.Next(9), 10, 11, 12, 13, 14 + gen.Next(18), 0x7F, 0x80 + gen.Next(32));
            var dashed = gen.Pick(string.Empty, " ", "\t ") + "-" + gen.Pick(string.Empty, "-") + valid;
            Assert.False(Requirement.Parse(valid.Insert(position, control.ToString())).IsOk, $"seed {Seed}, round {round}: control {(int)control} at {position} in {valid}");
            Assert.False(Requirement.Parse(dashed).IsOk, $"seed {Seed}, round {round}: {dashed}");
        }
    }
}
