-- title: How complete the readings are
-- group: what is kept, and how well
-- description: Share of each site's stories, in percent, in which a field was found. A sudden drop points to a redesign.
-- param month: YYYY-MM
select site, count(*) as stories, round(100.0 * avg(headline is not null)) as headline, round(100.0 * avg(word_count >= 50)) as text,
    round(100.0 * avg(date_precision in ('minute', 'second'))) as date_with_time, round(100.0 * avg(byline is not null)) as byline,
    round(100.0 * avg(article_section is not null)) as section, round(100.0 * avg(abstract is not null)) as standfirst,
    round(100.0 * avg(dateline is not null)) as dateline, round(100.0 * avg(in_language is not null)) as language
from articles
where :month = '' or substr(date_published_utc, 1, 7) = :month
group by site
order by stories desc
