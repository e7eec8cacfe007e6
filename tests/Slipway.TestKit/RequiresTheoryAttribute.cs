using Xunit;

namespace Slipway.TestKit;

/// <summary>
/// A theory that is skipped, with the reason, where the machine lacks something. <c>SLIPWAY_TEST_NEVER_SKIP=1</c> runs
/// it all the same.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresTheoryAttribute(params Capability[] capabilities) : TheoryAttribute
{
    /// <summary>What the test needs.</summary>
    public IReadOnlyList<Capability> Capabilities { get; } = capabilities;

    /// <summary>A minor version of Python that it needs too, for example <c>3.12</c>.</summary>
    public string? Python { get; set; }

    /// <inheritdoc/>
    public override string? Skip
    {
        get => base.Skip ?? Requirement.Explain(Capabilities, Python);
        set => base.Skip = value;
    }
}
