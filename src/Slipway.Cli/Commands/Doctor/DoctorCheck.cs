namespace Slipway.Cli.Commands.Doctor;

/// <summary>One finding.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>note</c> for what a person should know, <c>fail</c> for what stops Slipway.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Hint">What to do; null when there is nothing to do.</param>
/// <param name="Code">The failure's code, where there is one.</param>
internal sealed record DoctorCheck(string Name, string Level, string Finding, string? Hint = null, string? Code = null)
{
    /// <summary>Whether Slipway works with this as it is.</summary>
    public bool Ok => Level is not "fail";

    /// <summary>All is well.</summary>
    public static DoctorCheck Good(string name, string finding) => new(name, "ok", finding);

    /// <summary>It works, but a person should know something.</summary>
    public static DoctorCheck Note(string name, string finding, string? hint = null) => new(name, "note", finding, hint);

    /// <summary>It does not work.</summary>
    public static DoctorCheck Bad(string name, string finding, string hint, string? code = null) => new(name, "fail", finding, hint, code);

    /// <summary>It does not work, as a failure says.</summary>
    public static DoctorCheck Bad(string name, Core.Failures.Failure failure) => new(name, "fail", failure.Message, failure.Remedy, failure.Code.Id);
}
