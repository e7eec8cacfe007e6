using Slipway.Launcher;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Launching;

// The native front of the program: serves a warm start by itself, and becomes the whole program for everything else.
var raw = StartupEnvironment.ReadArguments(args.Length);
var words = new string[raw.Length];
for (var i = 0; i < raw.Length; i++)
{
    words[i] = PosixText.Decode(raw[i]);
}

if (words is ["run", ..])
{
    FastLauncher.TryLaunch(words.AsSpan(1), BuildIdentity.Text);
}

return WholeProgram.Become(raw);
