using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Offers;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud offers</c>: machines that can be rented, and their prices with their age.</summary>
internal static class CloudOffers
{
    public static Command Define(Output output, Func<Services> services)
    {
        var backend = new Option<string>("--backend") { Description = "Whose: skypilot, ssh or local.", HelpName = "NAME", DefaultValueFactory = static _ => "skypilot" };
        var on = new Option<string>("--on") { Description = "The host, with --backend ssh.", HelpName = "HOST" };
        var gpu = new Option<string>("--gpu") { Description = "Only this GPU, such as H100.", HelpName = "NAME" };
        var count = new Option<int?>("--count") { Description = "Only machines with so many.", HelpName = "N" };
        var spot = new Option<bool>("--spot") { Description = "Only what is offered as spot." };
        var cloud = new Option<string[]>("--cloud") { Description = "Only this cloud, repeatable.", HelpName = "NAME" };
        var region = new Option<string>("--region") { Description = "Only this region.", HelpName = "NAME" };
        var vram = new Option<decimal?>("--min-vram") { Description = "Only cards with at least so many GiB.", HelpName = "GIB" };
        var limit = new Option<int>("--limit") { Description = "At most so many, the cheapest first.", HelpName = "N", DefaultValueFactory = static _ => 50 };
        var refresh = new Option<bool>("--refresh") { Description = "Ask anew, rather than show what was fetched before." };
        var command = new Command("offers", "List machines that can be rented, with prices and their age.\n\nExample: slipway cloud offers --gpu H100 --count 8");
        foreach (var option in (Option[])[backend, on, gpu, count, spot, cloud, region, vram, limit, refresh])
        {
            command.Options.Add(option);
        }

        CloudSession.Bind(command, output, services, async (parsed, desk, _, token) =>
        {
            var query = new OfferQuery
            {
                Gpu = parsed.GetValue(gpu),
                Count = parsed.GetValue(count),
                Spot = parsed.GetValue(spot),
                Clouds = parsed.GetValue(cloud) ?? [],
                Region = parsed.GetValue(region),
                MinVramGib = parsed.GetValue(vram),
                Limit = parsed.GetValue(limit),
            };
            var found = await desk.OffersAsync(parsed.GetRequiredValue(backend), parsed.GetValue(on), query, parsed.GetValue(refresh), token).ConfigureAwait(false);
            return CloudSession.Print(output, found, "offers", offers =>
            {
                TextTable.Write(output.Data, ["GPU", "CARD", "MACHINE", "WHERE", "AN HOUR", "SPOT"], [.. offers.Offers.Select(static offer => (IReadOnlyList<string>)
                [
                    offer.Gpu is null ? "none" : $"{offer.Gpu}:{offer.GpuCount}", offer.VramGib is { } gib ? $"{gib:0.#} GiB" : "?", offer.InstanceType,
                    $"{offer.Cloud}/{offer.Region}", CloudText.Money(offer.OnDemand, offer.IsPriced), offer.Spot is { } price ? price.ToString() : "none",
                ])]);
                output.Say($"slipway: {offers.Offers.Length} of {offers.Total} offers of {offers.Backend}, {CloudText.Age(offers.Age)} old; prices are those of a machine and hour, in USD");
                CloudText.Notes(output, offers.Notes);
            });
        });
        return command;
    }
}
