using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>A file that was fetched.</summary>
/// <param name="Path">Its path within the destination.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
public sealed record FetchedFile(string Path, long Bytes, string Sha256);

/// <summary>What was fetched.</summary>
/// <param name="Run">The run.</param>
/// <param name="Destination">The folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Notes">What people should know: what was there already, what did not fit.</param>
public sealed record FetchResult(RunId Run, string Destination, ImmutableArray<FetchedFile> Files, ImmutableArray<string> Notes) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("run_id", Run.ToString());
        writer.WriteString("destination", Destination);
        writer.WriteStartArray("files");
        foreach (var file in Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Sentences("notes", Notes);
        writer.WriteEndObject();
    }
}

/// <summary>What was ended, and what is left.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">How it stands now.</param>
/// <param name="Done">What was done, sentences for people.</param>
/// <param name="StillBills">What still bills; empty when nothing does.</param>
/// <param name="Settled">What it came to; null while that is open, and where nobody bills.</param>
/// <param name="Fetched">What was fetched before; null for nothing.</param>
public sealed record StopResult(
    RunId Run, BackendState State, ImmutableArray<string> Done, ImmutableArray<string> StillBills, Usd? Settled, FetchResult? Fetched) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("run_id", Run.ToString());
        writer.WriteString("state", State.Word());
        writer.Sentences("done", Done);
        writer.Sentences("still_bills", StillBills);
        writer.Amount("settled_usd", Settled);
        writer.WritePropertyName("fetched");
        if (Fetched is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Fetched.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}

/// <summary>Where the budget stands.</summary>
/// <param name="View">The budget.</param>
/// <param name="Open">Runs whose money is reserved.</param>
public sealed record BudgetResult(BudgetView View, ImmutableArray<LedgerEntry> Open) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("day", View.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("month", View.Month);
        writer.Amount("per_run_max_usd", View.Limits.PerRun);
        writer.Amount("daily_max_usd", View.Limits.Daily);
        writer.Amount("monthly_max_usd", View.Limits.Monthly);
        writer.WriteNumber("max_concurrent_runs", View.Limits.Concurrent);
        writer.Amount("spent_today_usd", View.SpentToday);
        writer.Amount("spent_this_month_usd", View.SpentThisMonth);
        writer.Amount("reserved_usd", View.Reserved);
        writer.Amount("available_usd", View.Available);
        writer.WriteStartArray("open_runs");
        foreach (var entry in Open)
        {
            writer.WriteStartObject();
            writer.WriteString("run_id", entry.Run);
            writer.WriteString("backend", entry.Backend);
            writer.WriteString("name", entry.Cluster);
            writer.Amount("ceiling_usd", entry.Ceiling);
            writer.Time("ends_by", entry.EndsBy);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>One thing that was mended or could not be.</summary>
/// <param name="Run">The run; null for none.</param>
/// <param name="Text">What, for people.</param>
/// <param name="IsProblem">Whether somebody has to look.</param>
public sealed record Repair(string? Run, string Text, bool IsProblem);

/// <summary>What looking after all runs did.</summary>
/// <param name="Repairs">One by one; empty when there was nothing to do.</param>
/// <param name="Orphans">Machines of ours that the ledger does not know.</param>
public sealed record ReconcileResult(ImmutableArray<Repair> Repairs, ImmutableArray<OrphanView> Orphans) : ICloudResult
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteStartArray("repairs");
        foreach (var repair in Repairs)
        {
            writer.WriteStartObject();
            writer.WriteString("run_id", repair.Run);
            writer.WriteString("text", repair.Text);
            writer.WriteBoolean("problem", repair.IsProblem);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("orphans");
        foreach (var orphan in Orphans)
        {
            orphan.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name"><c>server</c>, <c>version</c>, <c>credentials</c>, <c>clouds</c>, <c>policy</c>, <c>ledger</c>.</param>
/// <param name="IsOk">Whether it is as it should be.</param>
/// <param name="Text">What was found, for people.</param>
/// <param name="Hint">What to do; null when nothing is.</param>
public sealed record CheckLine(string Name, bool IsOk, string Text, string? Hint);

/// <summary>Whether renting would work.</summary>
/// <param name="Lines">One by one.</param>
/// <param name="Clouds">What the server can use, by cloud.</param>
public sealed record CheckReport(ImmutableArray<CheckLine> Lines, ImmutableSortedDictionary<string, ImmutableArray<string>> Clouds) : ICloudResult
{
    /// <summary>Whether all is well.</summary>
    public bool IsOk => Lines.All(static line => line.IsOk);

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteBoolean("ok", IsOk);
        writer.WriteStartArray("checks");
        foreach (var line in Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("name", line.Name);
            writer.WriteBoolean("ok", line.IsOk);
            writer.WriteString("text", line.Text);
            writer.WriteString("hint", line.Hint);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("clouds");
        foreach (var (cloud, uses) in Clouds)
        {
            writer.Sentences(cloud, uses);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
