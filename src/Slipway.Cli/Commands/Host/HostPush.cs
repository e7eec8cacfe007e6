using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Runs.Transfer;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host push</c>: copies a file or a tree to a host.</summary>
internal static class HostPush
{
    public static Command Define(Output output, Func<Services> services)
    {
        var source = new Argument<string>("SOURCE") { Description = "A file or a directory here." };
        var target = new Argument<string>("DEST")
        {
            Description = "What it becomes there: an absolute path, ~/ and a path, or a path below the home directory there. With / at its end: the directory to put it into.",
        };
        return HostCopy.Define(
            "push",
            "Copy a file or a directory to a host: modes, links as links, empty directories. A directory that is there already is merged into, file by file.\n\nExample: slipway host push box data/ datasets/mnist",
            source,
            target,
            output,
            services,
            (transfer, from, to, view, token) => transfer.PushAsync(from, to, view, token));
    }
}

/// <summary><c>host pull</c>: copies a file or a tree from a host.</summary>
internal static class HostPull
{
    public static Command Define(Output output, Func<Services> services)
    {
        var source = new Argument<string>("SOURCE") { Description = "A file or a directory there: an absolute path, ~/ and a path, or a path below the home directory there." };
        var target = new Argument<string>("DEST") { Description = "What it becomes here. With / at its end: the directory to put it into." };
        return HostCopy.Define(
            "pull",
            "Copy a file or a directory from a host: modes, links as links, empty directories. A directory that is here already is merged into, file by file.\n\nExample: slipway host pull box results/run1 results/",
            source,
            target,
            output,
            services,
            (transfer, from, to, view, token) => transfer.PullAsync(from, to, view, token));
    }
}
