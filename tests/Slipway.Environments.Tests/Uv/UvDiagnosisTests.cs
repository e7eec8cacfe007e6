using Slipway.Core.Failures;
using Slipway.Environments.Provisioners.Uv;

namespace Slipway.Environments.Tests.Uv;

/// <summary>The words of uv 0.11.15, as it said them of packages of ours.</summary>
public sealed class UvDiagnosisTests
{
    [Theory]
    [InlineData("Because only left==1.0 is available and left==1.0 depends on shared<2,\nwe can conclude that all versions of left depend on shared<2.\nAnd because you require left and shared>=2, we can conclude that your\nrequirements are unsatisfiable.", false)]
    [InlineData("Because you require shared<2 and shared>=2, we can conclude that your requirements are unsatisfiable.", false)]
    [InlineData("Because deep==1.0 depends on left and only deep==1.0 is available,\nwe can conclude that all versions of deep depend on shared<2.\nAnd because you require deep and shared==2.0, we can conclude that your requirements are unsatisfiable.", false)]
    [InlineData("Because only shared<=2.0 is available and you require shared>=3, we can\nconclude that your requirements are unsatisfiable.", true)]
    [InlineData("Because only shared<=2.0 is available and left==1.0 depends on shared>=3, we can\nconclude that left==1.0 cannot be used.", true)]
    [InlineData("Because there is no version of shared==7 and you require shared==7, we can conclude that your requirements are unsatisfiable.", true)]
    [InlineData("Because nowhere was not found in the package registry and you require\nnowhere, we can conclude that your requirements are unsatisfiable.", true)]
    [InlineData("Because only the following versions of beta are available:\n    beta<1.5\n    beta==2.0\nand you require beta>2.5, we can conclude that your requirements are\nunsatisfiable.", true)]
    public void What_has_no_version_is_told_from_what_contradicts(string reason, bool isAbsent)
    {
        var named = UvDiagnosis.Name(
            new Failure(EnvironmentFailures.Unsatisfiable, "Resolving left failed."),
            $"  × No solution found when resolving dependencies:\n  ╰─▶ {reason.Replace("\n", "\n      ", StringComparison.Ordinal)}\n");

        Assert.Equal(isAbsent ? EnvironmentFailures.Unsatisfiable : EnvironmentFailures.Conflict, named.Code);
    }

    [Fact]
    public void Reason_is_told_to_its_end()
    {
        var steps = string.Join(" ", Enumerable.Range(0, 10).Select(static i => $"And because p{i}==1.0 depends on p{i + 1}, we can conclude that p{i}==1.0 depends on p{i + 1}."));

        var named = UvDiagnosis.Name(new Failure(EnvironmentFailures.Unsatisfiable, "Resolving p failed."), $"  × No solution found when resolving dependencies:\n  ╰─▶ Because p depends on p0. {steps}\n");

        Assert.EndsWith("p9==1.0 depends on p10.", named.Message, StringComparison.Ordinal);
    }
}
