using System.Text.Json;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Templates;
using Slipway.TestKit;
using Slipway.Training;

namespace Slipway.Cloud.Tests.Templates;

public sealed class TemplateTests
{
    // Anything that a shell, YAML or Python would act upon.
    private const string Hostile = "a \"b\" 'c'\n$(touch pwned) `touch pwned` ; touch pwned\n- x: {y}\n\"\"\" \\ %s é";

    [Fact]
    public void Every_parameter_says_what_it_is_for_and_every_template_what_it_is()
    {
        Assert.Equal("unsloth lora full script recipe", string.Join(' ', TemplateCatalogue.All.Select(static one => one.Name)));
        Assert.All(TemplateCatalogue.All, static template =>
        {
            Assert.True(template.Summary.Length > 20 && template.BestFor.Length > 20);
            Assert.All(template.Schema.Fields, static field => Assert.True(field.Help.Length > 10, field.Key));
            Assert.All([.. template.Lists, .. template.Tables], key => Assert.NotNull(template.Schema.Find(key)));
        });
    }

    [Fact]
    public void An_unknown_template_is_told_the_names()
    {
        var failure = TemplateCatalogue.Find("unslot").Failure;
        Assert.Equal(CloudFailures.UnknownTemplate, failure.Code);
        Assert.Contains("did you mean 'unsloth'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("unsloth, lora, full, script, recipe", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_fit_the_cards_that_are_named()
    {
        using var temp = new TempFolder();
        // The dimensions of Qwen2.5 of 7, 1.5 and 0.5 thousand million parameters, as their config.json says.
        var seven = ModelShape.FromDimensions(3584, 28, 152064, 18944, 28, 4).Value;
        var small = ModelShape.FromDimensions(1536, 28, 151936, 8960, 12, 2, tied: true).Value;
        var half = ModelShape.FromDimensions(896, 24, 151936, 4864, 14, 2, tied: true).Value;
        foreach (var (name, shape, card) in new[] { ("unsloth", seven, 24m), ("lora", small, 24m), ("full", half, 24m) })
        {
            var request = Works.Read(name, temp.FullPath, "{}").Value.Sizing(shape);
            Assert.InRange(VramSizing.Need(request!, 1).Value.CardGib, 1m, card);
        }
    }

    [Fact]
    public void The_work_names_model_dataset_and_secrets_and_its_digest_holds_every_parameter()
    {
        using var temp = new TempFolder();
        var work = Works.Read("lora", temp.FullPath, """{"model":"owner/name","max_steps":7,"secrets":["HF_TOKEN"]}""").Value;
        Assert.Equal(("owner/name", "tatsu-lab/alpaca", "text"), (work.Model, work.Dataset, work.Parameters.Text("text_column")));
        Assert.Equal("HF_TOKEN", Assert.Single(work.SecretNames));
        Assert.Contains("HF_TOKEN", work.Words, StringComparer.Ordinal);
        using var written = JsonDocument.Parse(work.ParametersJson);
        Assert.Equal(work.Template.Schema.Fields.Select(static field => field.Key).Order(StringComparer.Ordinal), written.RootElement.EnumerateObject().Select(static one => one.Name), StringComparer.Ordinal);
        Assert.Equal(JsonValueKind.Null, written.RootElement.GetProperty("messages_column").ValueKind);
        Assert.Equal(work.Digest, Works.Read("lora", temp.FullPath, """{"secrets":["HF_TOKEN"],"max_steps":7,"model":"owner/name"}""").Value.Digest);
        Assert.NotEqual(work.Digest, Works.Read("lora", temp.FullPath, """{"model":"owner/name","max_steps":8,"secrets":["HF_TOKEN"]}""").Value.Digest);
        Assert.NotEqual(work.Digest, Works.Read("unsloth", temp.FullPath, """{"model":"owner/name","max_steps":7,"secrets":["HF_TOKEN"]}""").Value.Digest);
    }

    [Theory]
    [InlineData("""{"model":"no slash"}""", "no owner/name")]
    [InlineData("""{"model":"a/b; touch x"}""", "no owner/name")]
    [InlineData("""{"model":"a/b\nc"}""", "no owner/name")]
    [InlineData("""{"model":"../x"}""", "there is no")]
    [InlineData("""{"model":"/etc"}""", "not below")]
    [InlineData("""{"dataset":"absent.jsonl"}""", "there is no")]
    [InlineData("""{"prompt_column":"q"}""", "go together")]
    [InlineData("""{"text_column":"t","messages_column":"m"}""", "Only one of")]
    [InlineData("""{"secrets":["a-b"]}""", "no name of a variable")]
    [InlineData("""{"secrets":[1]}""", "list of texts")]
    [InlineData("""{"secrets":"x"}""", "list of texts")]
    [InlineData("""{"split":"a\u0000b"}""", "character 0")]
    [InlineData("""{"split":"\ud800"}""", "surrogate")]
    [InlineData("[]", "no JSON object")]
    public void What_cannot_be_is_refused(string json, string words)
    {
        using var temp = new TempFolder();
        var failure = Works.Refused("lora", temp.FullPath, json);
        Assert.Equal(CloudFailures.TemplateParameter, failure.Code);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"lora_r":0}""", "TRN")]
    [InlineData("""{"learning_rate":2}""", "TRN")]
    [InlineData("""{"precision":"int4"}""", "TRN")]
    [InlineData("""{"max_step":5}""", "did you mean 'max_steps'")]
    public void Ranges_and_names_are_checked(string json, string words)
    {
        using var temp = new TempFolder();
        Assert.Contains(words, Works.Refused("lora", temp.FullPath, json).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_along_lies_below_the_working_directory_whatever_links_say()
    {
        using var temp = new TempFolder();
        using var other = new TempFolder();
        other.WriteFile("rows.jsonl", "{}");
        temp.WriteFile("data/rows.jsonl", "{}");
        temp.WriteFile("model/config.json", "{}");
        File.CreateSymbolicLink(temp.Combine("out.jsonl"), other.Combine("rows.jsonl"));
        File.CreateSymbolicLink(temp.Combine("link"), other.FullPath);
        var work = Works.Read("full", temp.FullPath, """{"model":"./data/../model","dataset":"data/rows.jsonl"}""").Value;
        Assert.Equal(("./model", "./data/rows.jsonl"), (work.Model, work.Dataset));
        foreach (var path in new[] { "./out.jsonl", "./link/rows.jsonl", other.Combine("rows.jsonl") })
        {
            Assert.Contains("not below", Works.Refused("full", temp.FullPath, $$"""{"dataset":"{{path}}"}""").Message, StringComparison.Ordinal);
        }

        Assert.Contains("no folder with a config.json", Works.Refused("full", temp.FullPath, """{"model":"./data"}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_takes_hostile_words_as_words()
    {
        using var temp = new TempFolder();
        var json = $$"""{"target":"a.py","args":[{{Quoted(Hostile)}}],"env":{"NAME":{{Quoted(Hostile)}}},"with":["x>=1"],"extras":["e"],"secrets":["TOKEN"],"locked":true}""";
        var work = Works.Read("script", temp.FullPath, json).Value;
        Assert.Equal($"run|--report|../out/report.json|--locked|--extra=e|--with=x>=1|--env-var=NAME={Hostile}|--secret=TOKEN|a.py|{Hostile}", string.Join('|', work.Words));
        Assert.Equal(temp.FullPath, work.ProjectFolder);
        Assert.Null(work.Sizing(new ModelShape(1)));
        Assert.Contains("no name of a variable", Works.Refused("script", temp.FullPath, """{"target":"a.py","env":{"a b":"c"}}""").Message, StringComparison.Ordinal);
        Assert.Contains("target is", Works.Refused("script", temp.FullPath, """{"target":"--on=x"}""").Message, StringComparison.Ordinal);
        Assert.Contains("target is", Works.Refused("script", temp.FullPath, "{}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_is_read_here_before_anything_is_rented()
    {
        using var temp = new TempFolder();
        temp.WriteFile("mine.toml", "recipe = \"sl_basic\"\n[set]\nbatch_size = 2\n");
        temp.WriteFile("rows.jsonl", "{}");
        var work = Works.Read("recipe", temp.FullPath, """{"recipe":"mine.toml","settings":{"dataset":"rows.jsonl"},"files":["rows.jsonl"]}""").Value;
        Assert.Equal("recipe run ./mine.toml --manifest=local --set=dataset=rows.jsonl --set=log_path=../out/run --set=behavior_if_log_dir_exists=resume", string.Join(' ', work.Words));
        Assert.Contains("sl_basik", Works.Refused("recipe", temp.FullPath, """{"recipe":"sl_basik"}""").Message, StringComparison.Ordinal);
        Assert.Equal(TrainingFailures.UnknownConfigKey, Works.Refused("recipe", temp.FullPath, """{"recipe":"sl_basic","settings":{"batchsize":2}}""").Code);
        Assert.Contains("set by the run", Works.Refused("recipe", temp.FullPath, """{"recipe":"sl_basic","settings":{"log_path":"/x"}}""").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name = \"lora\"\nsummary = \"s\"\nentry = \"e.py\"", 1, "none of unsloth")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"absent.py\"", 3, "there is no")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"../e.py\"", 3, "there is no")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"e.py\"\nfiles = [\"/etc/passwd\"]", 4, "not below")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"e.py\"\n[[parameter]]\nkey = \"A\"\nkind = \"text\"\nhelp = \"h\"", 4, "small letters")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"e.py\"\n[[parameter]]\nkey = \"a\"\nkind = \"whole\"\nhelp = \"h\"\nmost = 3\ndefault = 4", 9, "takes a whole number")]
    [InlineData("name = \"mine\"\nsummary = \"s\"\nentry = \"e.py\"\n[[parameter]]\nkey = \"secrets\"\nkind = \"text\"\nhelp = \"h\"", 4, "two parameters")]
    public void The_file_of_a_template_is_told_its_line(string text, int line, string words)
    {
        using var temp = new TempFolder();
        temp.WriteFile("e.py", string.Empty);
        temp.WriteFile("my.toml", text);
        var failure = TemplateCatalogue.Find("./my.toml", temp.FullPath).Failure;
        Assert.Equal((CloudFailures.TemplateFile, line), (failure.Code, failure.Location?.Line));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_name_the_row_and_column_and_read_the_size_of_a_model()
    {
        using var temp = new TempFolder();
        temp.WriteFile("rows.jsonl", "{\"text\":\"a\"}\n{\"txt\":\"b\"}\n");
        temp.WriteFile("talk.jsonl", """{"m":[{"role":"user","content":"a"}]}""");
        temp.WriteFile("model/config.json", """{"hidden_size":896,"num_hidden_layers":24,"vocab_size":151936,"intermediate_size":4864,"num_attention_heads":14,"num_key_value_heads":2,"tie_word_embeddings":true}""");
        temp.WriteFile("odd/config.json", """{"model_type":"odd"}""");
        var missing = await CheckAsync(temp, """{"model":"./model","dataset":"./rows.jsonl"}""");
        Assert.Equal(CloudFailures.DatasetColumnMissing, missing.Failure.Code);
        Assert.Contains("./rows.jsonl, row 2: there is no column", missing.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("txt", missing.Failure.Hint, StringComparison.Ordinal);
        var found = await CheckAsync(temp, """{"model":"./model","dataset":"./talk.jsonl","messages_column":"m"}""");
        Assert.InRange(found.Value.Shape!.Parameters, 480_000_000m, 500_000_000m);
        Assert.Equal(1024, found.Value.Vram!.SequenceLength);
        Assert.Equal(CloudFailures.ModelShapeUnknown, (await CheckAsync(temp, """{"model":"./odd","dataset":"./talk.jsonl","messages_column":"m"}""")).Failure.Code);
        Assert.Equal(5_000_000m, (await CheckAsync(temp, """{"model":"./odd","dataset":"./talk.jsonl","messages_column":"m","parameters":5e6}""")).Value.Shape!.Parameters);
    }

    private static async Task<Slipway.Core.Failures.Result<TemplateCheck>> CheckAsync(TempFolder temp, string json)
    {
        using var hub = Training.Adapters.Hub.HubClient.Create(new Training.Adapters.Hub.HubOptions { CacheDirectory = temp.Combine("hub") }).Value;
        using var data = Training.Adapters.Data.DatasetStore.Create(new Training.Adapters.Data.DatasetOptions { CacheDirectory = temp.Combine("data") }, hub, userCode: null).Value;
        return await new TemplateChecks(hub, data).CheckAsync(Works.Read("full", temp.FullPath, json).Value, CancellationToken.None);
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
