<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/xs">
    <xsl:call-template name="squares">
      <xsl:with-param name="left" select="x"/>
      <xsl:with-param name="total" select="0"/>
    </xsl:call-template>
  </xsl:template>
  <xsl:template name="squares">
    <xsl:param name="left"/>
    <xsl:param name="total"/>
    <xsl:choose>
      <xsl:when test="$left">
        <xsl:call-template name="squares">
          <xsl:with-param name="left" select="$left[position() &gt; 1]"/>
          <xsl:with-param name="total" select="$total + $left[1] * $left[1]"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="concat(sum(/xs/x), ' ', $total, '&#10;')"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
