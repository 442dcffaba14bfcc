program Main;
{$APPTYPE CONSOLE}
uses SysUtils;

type
  TTotals = class
  private
    FSum, FSquares: Int64;
  public
    procedure Take(X: Int64);
    function Text: string;
  end;

procedure TTotals.Take(X: Int64);
begin
  Inc(FSum, X);
  Inc(FSquares, X * X);
end;

function TTotals.Text: string;
begin
  Result := IntToStr(FSum) + ' ' + IntToStr(FSquares);
end;

var
  N: Integer;
  X: Int64;
  Totals: TTotals;
begin
  Totals := TTotals.Create;
  Read(N);
  while N > 0 do
  begin
    Read(X);
    Totals.Take(X);
    Dec(N);
  end;
  WriteLn(Totals.Text);
  Totals.Free;
end.
