using System.Text.Json.Serialization;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Experiments;

public sealed class ComponentsCanBeDescribedAndMade
{
    private readonly ComponentCatalog _catalog = new();

    [Fact]
    public void A_policy_comes_back_with_its_settings()
    {
        var component = _catalog.Describe(new RoundRobin { TimeSlice = TimeSpan.FromMilliseconds(7) });
        var made = Assert.IsType<RoundRobin>(_catalog.Create<SchedulingPolicy>(component));
        Assert.Equal(TimeSpan.FromMilliseconds(7), made.TimeSlice);
        Assert.Equal("RoundRobin", component.Name);
        Assert.Equal("SchedulerActivations", component.AssemblyName);
        Assert.Null(component.Image);
    }

    [Fact]
    public void Settings_of_many_kinds_come_back_equal()
    {
        var settings = new Settings { Number = double.PositiveInfinity, Text = "ü", When = ReadyReason.Signaled, Maybe = null, Times = [TimeSpan.FromTicks(1)], Traffic = Traffic.Poisson(3) };
        var made = _catalog.Create<Settings>(_catalog.Describe(settings));
        Assert.Equal((settings.Number, settings.Text, settings.When, settings.Maybe), (made.Number, made.Text, made.When, made.Maybe));
        Assert.Equal(settings.Times, made.Times);
        Assert.Equal(settings.Traffic, made.Traffic);
        Assert.Equal(1, made.Hidden);
    }

    [Fact]
    public void A_setting_of_several_values_keeps_them()
    {
        var made = _catalog.Create<WithPair>(_catalog.Describe(new WithPair { Range = (2, 9) }));
        Assert.Equal((2, 9), made.Range);
    }

    [Fact]
    public void A_setting_that_JSON_would_lose_is_named()
    {
        var error = Assert.Throws<ComponentException>(() => _catalog.Describe(new WithCounter { Counter = new Counter(5) }));
        Assert.Contains("Property Counter of WithCounter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generic_type_is_called_as_its_class_is()
    {
        var component = _catalog.Describe(new Generic<string>());
        Assert.Equal("Generic", component.Name);
        Assert.IsType<Generic<string>>(_catalog.Create<object>(component));
    }

    [Fact]
    public void A_setting_that_JSON_cannot_hold_is_named()
    {
        var error = Assert.Throws<ComponentException>(() => _catalog.Describe(new WithDelegate { Choose = () => 1 }));
        Assert.Contains("Property Choose of WithDelegate", error.Message, StringComparison.Ordinal);
        Assert.Contains("[JsonIgnore]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_field_that_was_set_is_refused_since_it_would_be_lost()
    {
        Assert.Empty(_catalog.Describe(new WithField()).Parameters);
        var error = Assert.Throws<ComponentException>(() => _catalog.Describe(new WithField { Limit = 7 }));
        Assert.Equal("Limit of WithField is a field, and 7 would not reach the run: make it a property (Limit { get; set; }).", error.Message);
    }

    [Fact]
    public void A_cells_policy_carries_its_assembly_and_source()
    {
        var component = _catalog.Describe(Cell.Instance("Mine", PolicySourceIsFound.Mine));
        Assert.NotNull(component.Image);
        Assert.Equal(PolicySourceIsFound.Mine, component.Source);
        var made = _catalog.Create<SchedulingPolicy>(component);
        Assert.Equal("Mine", made.GetType().Name);
    }

    [Fact]
    public void A_cells_assembly_is_unloaded_when_nobody_uses_it_any_more()
    {
        var component = _catalog.Describe(Cell.Instance("Mine", PolicySourceIsFound.Mine));
        var made = Make(component);
        for (var i = 0; i < 20 && made.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(made.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Make(Component component) =>
            new(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(new ComponentCatalog().Create<SchedulingPolicy>(component).GetType().Assembly));
    }

    [Fact]
    public void A_plain_cells_type_can_be_used_here_but_not_sent()
    {
        var assembly = System.Reflection.Assembly.Load(Cell.Compile(PolicySourceIsFound.Mine));
        var component = _catalog.Describe(Activator.CreateInstance(assembly.GetType("Mine")!)!);
        Assert.Equal("Mine", _catalog.Create<SchedulingPolicy>(component).GetType().Name);
        var error = Assert.Throws<ComponentException>(() => _catalog.CheckCanBeSent(component));
        Assert.Contains("#!policy", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No.Such.Type", "has no type 'No.Such.Type'")]
    [InlineData("SchedulerActivations.Experiments.ComputeAndIo", "is not a SchedulingPolicy")]
    [InlineData("SchedulerActivations.Specialization.SchedulingPolicy", "is abstract")]
    public void What_cannot_be_made_is_explained(string type, string expected)
    {
        var component = new Component { TypeName = type, AssemblyName = "SchedulerActivations" };
        var error = Assert.Throws<ComponentException>(() => _catalog.Create<SchedulingPolicy>(component));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_assembly_is_named() =>
        Assert.Contains("'NoSuchAssembly'", Assert.Throws<ComponentException>(() =>
            _catalog.Create<object>(new Component { TypeName = "X", AssemblyName = "NoSuchAssembly" })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_type_without_a_plain_constructor_is_explained() =>
        Assert.Contains("no public constructor without parameters", Assert.Throws<ComponentException>(() =>
            _catalog.Create<object>(_catalog.Describe(new WithArgument(1)))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_constructor_that_throws_is_blamed_with_cell_and_line()
    {
        const string source = """
            public sealed class Bad : Workload
            {
                public static bool Armed;
                public Bad()
                {
                    if (!AppDomain.CurrentDomain.FriendlyName.StartsWith("?")) Fail();
                }
                static void Fail()
                {
                    throw new InvalidOperationException("no luck");
                }
                protected override void Define(WorkloadDefinition w) { }
            }
            """;
        var component = new Component { TypeName = "Bad", AssemblyName = "bad", Image = Cell.Compile(source, "cell 9") };
        var error = Assert.Throws<ComponentException>(() => _catalog.Create<Workload>(component));
        Assert.Contains("no luck", error.Message, StringComparison.Ordinal);
        Assert.Equal(("cell 9", 10), (error.Cell, error.Line));
    }

    [Fact]
    public void An_unknown_setting_is_named_with_those_there_are()
    {
        var component = _catalog.Describe(new RoundRobin());
        component.Parameters["TimeSlize"] = "00:00:01";
        var error = Assert.Throws<ComponentException>(() => _catalog.Create<SchedulingPolicy>(component));
        Assert.Contains("'TimeSlize'", error.Message, StringComparison.Ordinal);
        Assert.Contains("TimeSlice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_value_is_named()
    {
        var component = _catalog.Describe(new RoundRobin());
        component.Parameters["TimeSlice"] = "soon";
        var error = Assert.Throws<ComponentException>(() => _catalog.Create<SchedulingPolicy>(component));
        Assert.Contains("Property TimeSlice of RoundRobin is a TimeSpan and cannot be \"soon\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_the_setter_refuses_gives_its_reason()
    {
        var component = _catalog.Describe(new Picky());
        component.Parameters["Rate"] = -1;
        var error = Assert.Throws<ComponentException>(() => _catalog.Create<object>(component));
        Assert.Contains("Rate", error.Message, StringComparison.Ordinal);
        Assert.Contains("negative", error.Message, StringComparison.Ordinal);
    }

    internal sealed class WithArgument(int number)
    {
        public int Number => number;
    }
}

public sealed class Settings
{
    public double Number { get; set; }
    public string? Text { get; set; }
    public ReadyReason When { get; set; }
    public int? Maybe { get; set; } = 3;
    public IReadOnlyList<TimeSpan> Times { get; set; } = [];
    public Traffic? Traffic { get; set; }
    [JsonIgnore] public int Hidden { get; set; } = 1;
    public int Computed => Times.Count;
}

public sealed class WithDelegate
{
    public Func<int>? Choose { get; set; }
}

public sealed class WithPair
{
    public (int Low, int High) Range { get; set; } = (1, 5);
}

public sealed class WithCounter
{
    public Counter Counter { get; set; } = new();
}

public sealed class Counter
{
    public Counter() { }

    public Counter(int start) => Start = start;

    public int Start { get; private set; }
}

public sealed class Picky
{
    private int _rate;
    public int Rate
    {
        get => _rate;
        set => _rate = value >= 0 ? value : throw new ArgumentException("A rate is never negative.");
    }
}

public sealed class Generic<T>
{
    public T? Value { get; set; }
}

public sealed class WithField
{
#pragma warning disable CA1051 // The mistake that is tested.
    public int Limit = 3;
#pragma warning restore CA1051
}
