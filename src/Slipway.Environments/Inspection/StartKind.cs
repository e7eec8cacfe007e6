namespace Slipway.Environments.Inspection;

/// <summary>How code of a package comes to run when Python starts, without being imported by the workload.</summary>
public enum StartKind
{
    /// <summary>A line of a <c>.pth</c> file that begins with <c>import</c> (documentation of the <c>site</c> module).</summary>
    PathFileImport,

    /// <summary>A line of a <c>.start</c> file (PEP 829).</summary>
    StartFile,

    /// <summary>A module named <c>sitecustomize</c> or <c>usercustomize</c>.</summary>
    CustomizeModule,
}
