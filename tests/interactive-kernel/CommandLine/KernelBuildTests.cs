namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary><c>kernel-patch/build</c>: what it keeps from one call for the next.</summary>
public sealed class KernelBuildTests : IDisposable
{
    private readonly Lab _lab = new();

    [Fact]
    public async Task A_source_tree_that_was_unpacked_half_is_not_kept()
    {
        // Every package is there; the disk is full when half is unpacked.
        await _lab.WriteProgramAsync("dpkg-query", "case $* in *Status*) echo installed ;; *) echo 1 ;; esac");
        await _lab.WriteProgramAsync("gcc", "echo 12");
        await _lab.WriteProgramAsync("tar", "mkdir -p \"$4/kernel\"", "echo 'tar: No space left on device' >&2", "exit 2");
        for (var call = 0; call < 2; call++)
        {
            var ended = await BuildAsync(_lab.FirstInPath);
            Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
            Assert.Equal("kernel: unpacking linux-source-6.12 1 (about 20 seconds)\ntar: No space left on device\n", ended.Error);
        }
    }

    [SkippableFact]
    public async Task A_kernel_that_another_checkout_has_built_is_booted_by_this_one_s_launcher()
    {
        var built = await Lab.EndAsync(_lab.Start(Lab.KernelBuild, ["path", "vm"]));
        Skip.IfNot(built.ExitCode == 0, "The patched kernel is not built: make kernel");
        var cache = Directory.CreateDirectory(Path.Combine(_lab.Folder, "scheduler-activations")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(cache, "kernels"), Path.GetDirectoryName(Path.GetDirectoryName(built.Output.Trim()))!);
        File.WriteAllText(Path.Combine(cache, "launcher"), "/nowhere/kernel-patch/vm/run\n");
        Assert.Equal("kernel: vm: already built\n", (await BuildAsync()).Error);
        Assert.Equal(Path.Combine(Path.GetDirectoryName(Lab.KernelBuild)!, "vm", "run") + "\n", File.ReadAllText(Path.Combine(cache, "launcher")));
    }

    public void Dispose() => _lab.Dispose();

    private Task<Lab.Ended> BuildAsync(params (string, string)[] environment) =>
        Lab.EndAsync(_lab.Start(Lab.KernelBuild, ["vm"], [("XDG_CACHE_HOME", _lab.Folder), .. environment]));
}
