using System.Globalization;
using Slipway.SkyPilotApi;
using Slipway.SkyPilotApi.Catalogue;

// The stand-in as a process, for walks by hand and for tests of published programs:
//   FOLDER [PORT] [API-VERSION]
// It prints its address as the first line. Standard input takes: live, violations, spend, idle CLUSTER, preempt CLUSTER, restart, quit; its end is quit.
if (args.Length == 0)
{
    await Console.Error.WriteLineAsync("Say where its files go: FOLDER [PORT] [API-VERSION]");
    return 2;
}

int Number(int index, int other) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : other;
var options = new SkyPilotServerOptions
{
    Folder = Path.GetFullPath(args[0]),
    ApiVersion = Number(2, 55),
    Offers = SkyPilotOffers.All,
    EnabledClouds = ["nebius", "aws", "gcp", "lambda", "runpod", "kubernetes"],
};
await using var server = await SkyPilotServer.StartAsync(options, Number(1, 0));
Console.WriteLine(server.BaseUrl);
while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    switch (words)
    {
        case ["live"]:
            Console.WriteLine(string.Join('\n', server.LiveClusters));
            break;
        case ["violations"]:
            Console.WriteLine(string.Join('\n', server.Violations));
            break;
        case ["spend"]:
            Console.WriteLine(server.Spend.ToString("0.000000", CultureInfo.InvariantCulture));
            break;
        case ["idle", var cluster]:
            await server.AdvanceIdleAsync(cluster);
            break;
        case ["preempt", var cluster]:
            await server.PreemptAsync(cluster);
            break;
        case ["restart"]:
            server.Restart();
            break;
        case ["quit"]:
            return server.Violations.Count == 0 ? 0 : 1;
    }
}

return server.Violations.Count == 0 ? 0 : 1;
