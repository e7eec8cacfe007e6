namespace Slipway.TestKit;

/// <summary>A way in which a <see cref="LocalIndex"/> misbehaves for some of its paths.</summary>
internal abstract record IndexFault
{
    private IndexFault()
    {
    }

    /// <summary>Answers this status with a short text.</summary>
    internal sealed record Status(int Code) : IndexFault;

    /// <summary>Answers 200 with a web page that is no index, as captive portals and login pages do.</summary>
    internal sealed record ErrorPage : IndexFault;

    /// <summary>Announces the whole length, sends half of it and closes the connection.</summary>
    internal sealed record CutOff : IndexFault;

    /// <summary>Redirects to a fixed place.</summary>
    internal sealed record Redirect(Uri Target) : IndexFault;

    /// <summary>Answers nothing until the gate opens, then goes on as usual.</summary>
    internal sealed record Wait(Task Gate) : IndexFault;
}
