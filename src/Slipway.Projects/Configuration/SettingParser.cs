using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Pyproject;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Configuration;

/// <summary>Validates what a layer gives. The same rules hold for files, variables and options.</summary>
internal static class SettingParser
{
    /// <summary>Validates a value.</summary>
    /// <param name="key">What is set.</param>
    /// <param name="texts">The texts as they were given; exactly one unless it is a list.</param>
    /// <param name="origin">Who gives it.</param>
    public static Result<Setting> Parse(SettingKey key, ImmutableArray<string> texts, SettingOrigin origin)
    {
        var setting = new Setting(key, texts, origin);
        var parsed = key switch
        {
            SettingKey.Name or SettingKey.Env => EnvironmentName.Parse(texts[0], origin.Name).Map(name => setting with { Texts = [name.ToString()] }),
            SettingKey.Python => InterpreterRequest.Parse(texts[0], origin.BaseDirectory, origin.Name).Map(python => setting with { Python = python with { Origin = origin.ToString() }, Texts = [python.Text] }),
            SettingKey.Backend => ProvisionerCatalogue.Default.Find(texts[0]).Map(found => setting with { Texts = [found.Kind] }),
            SettingKey.IndexUrl => Each(texts, text => ParseIndex(text, origin)).Map(indexes => WithIndexes(setting, indexes)),
            SettingKey.FindLinks => Each(texts, text => PackageSources.ParseFindLinks(text, origin.BaseDirectory, origin.Name)).Map(links => setting with { Texts = links }),
            SettingKey.ExcludeNewer => InstantText.Parse(texts[0]).Map(time => WithTime(setting, time)),
            SettingKey.Extras => Each(texts, text => ExtraName.Parse(text).Map(name => name.Normalized)).Map(names => setting with { Texts = names }),
            SettingKey.Groups => Each(texts, text => GroupName.Parse(text).Map(name => name.Normalized)).Map(names => setting with { Texts = names }),
            SettingKey.Requirements or SettingKey.EnvFile => Each(texts, text => ParsePath(text, origin)).Map(paths => setting with { Texts = paths }),
            SettingKey.Channels => Each(texts, text => CondaChannel.Parse(text, origin.BaseDirectory, origin.Name)).Map(channels => setting with { Texts = channels }),
            SettingKey.Project => OneOf(setting, "path", "editable", "none"),
            SettingKey.LockPolicy => OneOf(setting, "warn", "strict", "ignore"),
            SettingKey.Prompt => PromptFormat.Check(texts[0], origin.Name).Map(_ => setting),
            _ => setting,
        };
        return parsed.TryGet(out _, out var failure) ? parsed : Placed(failure, origin);
    }

    /// <summary>The setting with indexes that were validated one by one.</summary>
    public static Setting WithIndexes(Setting setting, ImmutableArray<PackageIndex> indexes) =>
        setting with { Indexes = indexes, Texts = [.. indexes.Select(Show)] };

    /// <summary>The setting with an instant.</summary>
    public static Setting WithTime(Setting setting, DateTimeOffset time) => setting with { Time = time, Texts = [InstantText.Render(time)] };

    /// <summary>An index with an optional name: <c>https://host/simple</c> or <c>name=https://host/simple</c>.</summary>
    public static Result<PackageIndex> ParseIndex(string text, SettingOrigin origin)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var name = equals >= 0 && equals < scheme ? text[..equals] : null;
        return ParseIndex(name, name is null ? text : text[(equals + 1)..], origin);
    }

    /// <summary>An index.</summary>
    public static Result<PackageIndex> ParseIndex(string? name, string url, SettingOrigin origin)
    {
        if (name is not null && !IndexVariables.IsName(name))
        {
            return new Failure(EnvironmentFailures.SourceRefused, $"{origin.Name}: the name of an index is at most 64 letters, digits, '.', '-' and '_', and begins with a letter or digit.")
            {
                Hint = "Write NAME=URL, such as company=https://host/simple.",
            };
        }

        return PackageSources.ParseIndexUrl(url, origin.Name).Map(valid => new PackageIndex(valid) { Name = name });
    }

    /// <summary>A refusal at the place of the setting. In a file it is a mistake of that file, whatever is wrong with the value.</summary>
    public static Failure Placed(Failure failure, SettingOrigin origin)
    {
        // A value in the wrong place may be a URL with a password.
        var message = UrlMask.Apply(failure.Message.StartsWith(origin.Name, StringComparison.Ordinal) ? failure.Message : $"{origin.Name}: {failure.Message}");
        return origin.Location is null
            ? failure with { Message = message }
            : failure with { Message = message, Code = ProjectFailures.UnknownSetting, Hint = failure.Remedy, Location = origin.Location };
    }

    private static Result<string> ParsePath(string text, SettingOrigin origin) => text.Length > 0 && !text.Contains('\0') && !text.Contains("://", StringComparison.Ordinal)
        ? Path.GetFullPath(text, origin.BaseDirectory)
        : new Failure(ProjectFailures.UnknownSetting, $"{origin.Name}: {Shown.Quote(text)} is not a path.") { Hint = "Name a file of this machine, relative to the file that names it." };

    private static Result<Setting> OneOf(Setting setting, params ReadOnlySpan<string> known)
    {
        var text = setting.Texts[0];
        return known.Contains(text)
            ? setting
            : new Failure(setting.Origin.Location is null ? ProjectFailures.MalformedVariable : ProjectFailures.UnknownSetting, $"{setting.Origin.Name}: {Shown.Quote(text)} is none of {string.Join(", ", known)}.") { Hint = $"Write one of {string.Join(", ", known)}." };
    }

    private static string Show(PackageIndex index) =>
        (index.Name is null ? index.Url : $"{index.Name}={index.Url}") + (index.Packages.IsEmpty ? string.Empty : $" ({string.Join(", ", index.Packages)})");

    private static Result<ImmutableArray<T>> Each<T>(ImmutableArray<string> texts, Func<string, Result<T>> parse)
        where T : notnull
    {
        var items = ImmutableArray.CreateBuilder<T>(texts.Length);
        foreach (var text in texts)
        {
            if (!parse(text).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return items.ToImmutable();
    }
}
