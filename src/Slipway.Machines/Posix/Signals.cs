namespace Slipway.Machines.Posix;

/// <summary>Signal numbers of Linux on x64 and arm64.</summary>
internal static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Pipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Continue = 18;

    /// <summary><c>SIG_DFL</c>.</summary>
    public const nint Default = 0;

    /// <summary><c>SIG_IGN</c>.</summary>
    public const nint Ignore = 1;
}
