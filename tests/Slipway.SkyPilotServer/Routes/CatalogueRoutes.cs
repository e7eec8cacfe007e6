using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Clouds, offers, and tasks that are only looked at.</summary>
internal sealed class CatalogueRoutes(ServerState state)
{
    private static readonly string[] Known = ["aws", "azure", "cudo", "do", "fluidstack", "gcp", "ibm", "kubernetes", "lambda", "nebius", "oci", "paperspace", "runpod", "scp", "ssh", "vast", "vsphere"];

    internal IEnumerable<Route> All =>
    [
        Route.Operation("/check", "sky.check", state, request => Task.FromResult<JsonNode?>(Check(request.Body))),
        new("GET", "/enabled_clouds", incoming => Task.FromResult(Reply.Taken(state.Submit("sky.enabled_clouds", incoming, _ => Task.FromResult<JsonNode?>(Texts(state.Options.EnabledClouds)))))) { Query = "workspace expand" },
        Route.Operation("/list_accelerators", "sky.list_accelerators", state, request => Task.FromResult<JsonNode?>(List(request.Body))),
        Route.Operation("/list_accelerator_counts", "sky.list_accelerator_counts", state, request => Task.FromResult<JsonNode?>(Count(request.Body))),
        new("POST", "/validate", incoming => Task.FromResult(Validate(incoming))),
        Route.Operation("/optimize", "sky.optimize", state, Optimize),
        new("GET", "/ssh_node_pools", _ => Task.FromResult(Reply.Ok(new JsonObject([.. state.Options.SshNodePools.Select(static name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["hosts"] = new JsonArray() }))])))),
    ];

    private JsonObject Check(JsonObject body)
    {
        var asked = (body["clouds"] as JsonArray)?.Select(static cloud => cloud!.GetValue<string>()).ToList();
        var clouds = state.Options.EnabledClouds.Where(cloud => asked?.Contains(cloud, StringComparer.Ordinal) ?? true);
        return new JsonObject { ["default"] = new JsonObject([.. clouds.Select(static cloud => KeyValuePair.Create(Optimizer.Display(cloud), (JsonNode?)new JsonArray("compute", "storage")))]) };
    }

    private Reply Validate(Incoming incoming)
    {
        try
        {
            // Whether such a machine is offered is not looked at.
            _ = SkyTask.Read(incoming.Body["dag"]!.GetValue<string>(), state.Options.ApiVersion);
            return Reply.Ok(null);
        }
        catch (SkyError error)
        {
            return Reply.Detail(400, error.ToDetail());
        }
    }

    private Task<JsonNode?> Optimize(ServerRequest request)
    {
        state.Optimizer.Choose(SkyTask.Read(request.Body["dag"]!.GetValue<string>(), state.Options.ApiVersion), request.Log);
        return Task.FromResult<JsonNode?>(null);
    }

    private JsonObject List(JsonObject body)
    {
        var rows = Filter(body, body["case_sensitive"]?.GetValue<bool>() ?? true);
        if (body["require_price"]?.GetValue<bool>() ?? true)
        {
            rows = rows.Where(static offer => offer.Price is not null);
        }

        if (!(body["all_regions"]?.GetValue<bool>() ?? false))
        {
            rows = rows.GroupBy(static offer => (offer.Cloud, offer.InstanceType, offer.Accelerator, offer.Count)).Select(static group => group.MinBy(static offer => offer.Price)!);
        }

        var groups = rows.GroupBy(static offer => offer.Accelerator!, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal);
        return new JsonObject([.. groups.Select(static group => KeyValuePair.Create(group.Key, (JsonNode?)new JsonArray([.. Sorted(group).Select(Row)])))]);
    }

    private JsonObject Count(JsonObject body)
    {
        var groups = Filter(body, isCaseSensitive: true).GroupBy(static offer => offer.Accelerator!, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal);
        return new JsonObject([.. groups.Select(static group => KeyValuePair.Create(group.Key, (JsonNode?)new JsonArray([.. group.Select(static offer => offer.Count).Distinct().Order().Select(static count => Float(count))])))]);
    }

    private IEnumerable<Offer> Filter(JsonObject body, bool isCaseSensitive)
    {
        var clouds = body["clouds"] switch
        {
            JsonArray several => several.Select(static cloud => cloud!.GetValue<string>()).ToList(),
            { } one => [one.GetValue<string>()],
            _ => null,
        };
        if (clouds?.Find(static cloud => !Known.Contains(cloud, StringComparer.Ordinal)) is { } unknown)
        {
            throw new SkyError("ValueError", $"Cannot find module \"sky.catalog.{unknown}_catalog\" for cloud \"{unknown}\".");
        }

        var (name, region, quantity) = (body["name_filter"]?.GetValue<string>(), body["region_filter"]?.GetValue<string>(), body["quantity_filter"]?.GetValue<long>());
        var comparison = isCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return state.Options.Offers.Where(offer => offer.Accelerator is not null
            && (clouds?.Contains(offer.Cloud, StringComparer.Ordinal) ?? true)
            && (name is null || offer.Accelerator.Contains(name, comparison))
            && (region is null || offer.Region.Contains(region, comparison))
            && (quantity is null || offer.Count.Equals((double)quantity)));
    }

    private static IOrderedEnumerable<Offer> Sorted(IEnumerable<Offer> offers) => offers
        .OrderBy(static offer => offer.Cloud, StringComparer.Ordinal).ThenBy(static offer => offer.Count).ThenBy(static offer => offer.InstanceType, StringComparer.Ordinal).ThenBy(static offer => offer.Region, StringComparer.Ordinal);

    private static JsonArray Row(Offer offer) =>
    [
        offer.Cloud, offer.InstanceType, offer.Accelerator, Float(offer.Count), Whole(offer.Vcpus), Float(offer.DeviceMemoryGib), Whole(offer.MemoryGib),
        Float((double?)offer.Price), Float((double?)offer.SpotPrice), offer.Region,
    ];

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(static text => (JsonNode)text)];

    /// <summary>A number as Python writes a float: with a fraction, also where it is zero.</summary>
    private static JsonNode? Float(double? value) => value is { } number ? JsonNode.Parse(number.ToString("0.0###########", CultureInfo.InvariantCulture)) : null;

    private static JsonNode? Whole(double? value) => value is { } number ? JsonNode.Parse(JsonSerializer.Serialize(number)) : null;
}
