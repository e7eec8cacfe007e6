namespace Slipway.TinkerApi.Faults;

/// <summary>A way in which a <see cref="TinkerServer"/> misbehaves for one request, as networks, proxies and the service do.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>The connection breaks before anything of the request counts.</summary>
    public static Fault DropBeforeAccept { get; } = new Drop(IsAccepted: false);

    /// <summary>The request is done, and the connection breaks instead of an answer.</summary>
    public static Fault DropAfterAccept { get; } = new Drop(IsAccepted: true);

    /// <summary>Half of the answer arrives, then the connection breaks; the request is done.</summary>
    public static Fault CutBody { get; } = new Cut();

    /// <summary>A web page with status 200, as portals answer; nothing of the request counts.</summary>
    public static Fault Html { get; } = new Page(200);

    /// <summary>The result that a poll asks for has expired (410). The request itself stays done: who sends it again gets its result under a new id.</summary>
    public static Fault Forget { get; } = new Expiry();

    /// <summary>This status; nothing of the request counts.</summary>
    /// <param name="status">The status.</param>
    /// <param name="headers">Headers: <c>retry-after</c> and the like.</param>
    public static Fault Status(int status, params (string Name, string Value)[] headers) => new Code(status, IsAccepted: false, headers);

    /// <summary>The request is done, and answered with this status, as by a proxy that lost patience.</summary>
    /// <param name="status">The status.</param>
    public static Fault StatusAfterAccept(int status) => new Code(status, IsAccepted: true, []);

    /// <summary>A web page with another status.</summary>
    /// <param name="status">The status.</param>
    public static Fault HtmlStatus(int status) => new Page(status);

    /// <summary>Half of the answer arrives, and the rest when the gate opens.</summary>
    /// <param name="gate">The gate.</param>
    public static Fault SlowBody(Task gate) => new Slow(gate);

    /// <summary>A poll is told to try again, with this state of the queue: <c>active</c>, <c>paused_capacity</c>, <c>paused_rate_limit</c>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="reason">Why, for people.</param>
    public static Fault Queue(string state, string? reason = null) => new Waiting(state, reason);

    /// <summary>A poll is told that the request failed, whatever came of it.</summary>
    /// <param name="category">Whose fault it is: <c>user</c>, <c>server</c>, <c>unknown</c>.</param>
    /// <param name="message">Why.</param>
    public static Fault Error(string category, string message) => new Failed(category, message);

    /// <summary>Whether the request counts all the same.</summary>
    internal virtual bool Accepts => true;

    internal sealed record Drop(bool IsAccepted) : Fault
    {
        internal override bool Accepts => IsAccepted;
    }

    internal sealed record Code(int Number, bool IsAccepted, IReadOnlyList<(string Name, string Value)> Headers) : Fault
    {
        internal override bool Accepts => IsAccepted;
    }

    internal sealed record Page(int Number) : Fault
    {
        internal override bool Accepts => false;
    }

    internal sealed record Cut : Fault;

    internal sealed record Slow(Task Gate) : Fault;

    internal sealed record Expiry : Fault;

    internal sealed record Waiting(string State, string? Reason) : Fault;

    internal sealed record Failed(string Category, string Message) : Fault;
}
