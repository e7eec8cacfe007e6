using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Identity;
using Slipway.Environments.Inspection;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store inspect</c>: what an environment would run at start or on call, and where its code came from.</summary>
internal static class StoreInspect
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = StoreCommands.NameArgument();
        var command = new Command("inspect", "Show what an environment would run at start or on call, and where its code came from. Runs nothing of it.\n\nExample: slipway store inspect 3f2a91") { name };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            var store = new EnvironmentStore(host.Layout);
            var found = store.Find(parsed.GetRequiredValue(name)).Then(store.Read);
            if (!found.TryGet(out var environment, out var failure))
            {
                return output.Fail(failure);
            }

            var inspected = await new EnvironmentInspector(host, created.Interpreters(host)).InspectAsync(environment, token).ConfigureAwait(false);
            if (!inspected.TryGet(out var inspection, out failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(StoreInspectDocument.From(environment, inspection), StoreInspectJson.Default.StoreInspectDocument);
            }
            else
            {
                Print(output.Data, environment.Slot, inspection);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Writes the findings for people. All text of packages is escaped.</summary>
    internal static void Print(TextWriter writer, SlotName slot, EnvironmentInspection found)
    {
        writer.WriteLine(slot);
        Section("Runs at every start of Python", "nothing", found.Start.Select(Start));
        if (found.OutsideStart is { } outside)
        {
            Section("Runs at every start too, from outside of the environment", "nothing", outside.Select(Start));
        }

        Section("Runs on call", "no commands", found.Commands.Select(command =>
            $"{command.Name}  {command.Target ?? "a script of its own"}{(command.Package is null ? string.Empty : $"  ({command.Package})")}"));
        Section("Built here from source", "nothing", found.SourceBuilds.Select(Build));
        Section("Named by URL", "nothing", found.DirectPackages.Select(package => $"{package.Name}  {package.Url}"));
        Section("Warnings of the resolution", "none", found.Warnings);
        Section("RECORD names files outside of the environment", "no", found.OutsideEntries.Select(entry => $"{entry.Record}:{entry.Line}  {entry.Path}"));
        Section("Puts directories elsewhere on sys.path", "no", found.OutsidePaths.Select(path => $"{path.File}:{path.Line}  {path.Path}"));
        if (!found.Unreadable.IsEmpty)
        {
            Section("Could not be read", string.Empty, found.Unreadable);
        }

        void Section(string title, string none, IEnumerable<string> lines)
        {
            var all = lines.ToList();
            writer.WriteLine(all.Count == 0 ? $"{title}: {none}" : $"{title}:");
            all.ForEach(line => writer.WriteLine($"  {Plain.Escape(line)}"));
        }
    }

    private static string Start(StartCode code) => code.Kind switch
    {
        StartKind.CustomizeModule => $"{code.File}  (imported by site)",
        _ => $"{code.File}:{code.Line}  {code.Text}",
    };

    private static string Build(SourceBuild build)
    {
        var with = build.BuiltWith switch
        {
            null => "what it was built with is not on record any more",
            [] => "built with nothing but Python",
            var requirements => $"built with {string.Join(", ", requirements)}",
        };
        return $"{build.Name} {build.Version}  {build.File}  ({with})";
    }
}
