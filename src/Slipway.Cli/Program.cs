using Slipway.Cli;
using Slipway.Machines.HandOff;
using Slipway.Runs.Launching;

// .NET's own view of the arguments replaces what is not UTF-8; a workload gets its arguments byte for byte.
var words = StartupEnvironment.ReadArguments(args.Length);

// The warm start: hand-dispatched, before anything that is slow to load is touched.
if (words is ["run", ..])
{
    FastLauncher.TryLaunch(words.AsSpan(1), BuildIdentity.Text);
}

// Not awaited here: an asynchronous entry point costs a warm start that is served above.
return CommandLine.InvokeAsync(words).GetAwaiter().GetResult();
