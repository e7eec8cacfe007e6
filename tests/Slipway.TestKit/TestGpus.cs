namespace Slipway.TestKit;

/// <summary>
/// A stand-in for nvidia-smi that answers what a test says, in the words that NVIDIA's documentation shows. It takes only the queries that are asked of it, and
/// can be put on a host's PATH or a folder of this machine.
/// </summary>
public sealed class TestGpus : IDisposable
{
    private readonly TempFolder _answers = new();

    /// <summary>The text of the program.</summary>
    public string Program =>
        $$"""
        #!/bin/sh
        cd '{{_answers.FullPath}}' || exit 1
        if [ -f fail ]; then cat fail; exit 9; fi
        case $* in
            --query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu,mig.mode.current\ --format=csv,noheader,nounits)
                if [ ! -f mig ]; then echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2; fi
                cat gpus ;;
            --query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu\ --format=csv,noheader,nounits) cat gpus ;;
            --query-compute-apps=gpu_uuid,pid,used_memory\ --format=csv,noheader,nounits) cat apps ;;
            -L) cat list ;;
            *) echo "Option $* is not recognized."; exit 2 ;;
        esac
        """;

    /// <summary>What it answers from now on.</summary>
    /// <param name="gpus">The rows of the query.</param>
    /// <param name="list">What <c>-L</c> shows.</param>
    /// <param name="apps">The processes.</param>
    /// <param name="knowsMig">Whether the driver knows the field of MIG, which is then the last of each row.</param>
    public void Answer(string gpus, string list = "", string apps = "", bool knowsMig = true)
    {
        File.Delete(_answers.Combine("fail"));
        File.Delete(_answers.Combine("mig"));
        _answers.WriteFile("gpus", gpus);
        _answers.WriteFile("list", list);
        _answers.WriteFile("apps", apps);
        if (knowsMig)
        {
            _answers.WriteFile("mig", string.Empty);
        }
    }

    /// <summary>It fails from now on.</summary>
    public void Fail(string words) => _answers.WriteFile("fail", words);

    /// <inheritdoc/>
    public void Dispose() => _answers.Dispose();
}
